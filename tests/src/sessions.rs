//! Both kinds of edit session behind the same names, so that a file of tests runs over each: one that borrows its table,
//! and one that keeps it open itself.

/// Sessions that borrow their table.
pub mod borrowed {
    use vantage_live::edit::EditError;
    use vantage_live::{Id, LiveEntity, LiveTable, RecordEdit};

    /// A session of the record `id`.
    ///
    /// # Errors
    /// As [`LiveTable::edit_record`].
    pub async fn edit_record<E: LiveEntity>(
        table: &LiveTable<E>,
        id: impl Into<Id>,
    ) -> Result<RecordEdit<'_, E>, EditError> {
        table.edit_record(id).await
    }

    /// A session of the row `id`.
    #[must_use]
    pub fn edit_row<'t, E: LiveEntity>(table: &'t LiveTable<E>, id: &Id) -> Option<RecordEdit<'t, E>> {
        table.edit_row(id)
    }

    /// A session of a new record.
    pub fn new_record<E: LiveEntity>(table: &LiveTable<E>, entity: E) -> RecordEdit<'_, E> {
        table.new_record(entity)
    }
}

/// Sessions that keep their table open themselves.
pub mod owned {
    use vantage_live::edit::EditError;
    use vantage_live::{Id, LiveEntity, LiveTable, RecordEdit};

    /// A session of the record `id`.
    ///
    /// # Errors
    /// As [`LiveTable::edit_record_owned`].
    pub async fn edit_record<E: LiveEntity>(
        table: &LiveTable<E>,
        id: impl Into<Id>,
    ) -> Result<RecordEdit<'static, E>, EditError> {
        table.edit_record_owned(id).await
    }

    /// A session of the row `id`.
    #[must_use]
    pub fn edit_row<E: LiveEntity>(table: &LiveTable<E>, id: &Id) -> Option<RecordEdit<'static, E>> {
        table.edit_row_owned(id)
    }

    /// A session of a new record.
    pub fn new_record<E: LiveEntity>(table: &LiveTable<E>, entity: E) -> RecordEdit<'static, E> {
        table.new_record_owned(entity)
    }
}
