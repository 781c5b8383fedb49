//! Edit sessions and live tables on a real SurrealDB, with a colleague on a second connection.

mod in_process;
