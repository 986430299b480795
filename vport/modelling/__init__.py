"""From C to a module model: one branch of every `#if` chosen, macros replaced, statements and what happens in them."""
