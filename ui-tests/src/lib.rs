//! Nothing to use: the cases are in `pass` and `fail`, the command that measures the derive in `src/bin`.
