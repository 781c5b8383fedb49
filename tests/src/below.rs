//! Wrappers of a store that read as it does.

/// Reads what the store in the field `store` has. What the wrapper can is said with it:
/// `reads_the_store_below!(Claiming<S>, this => this.claims, over S)`.
#[macro_export]
macro_rules! reads_the_store_below {
    ($wrapper:ty, $this:ident => $can:expr $(, over $store:ident)?) => {
        #[async_trait::async_trait]
        impl$(<$store: vantage_live::RwValueSet>)? vantage_live::ReadableValueSet for $wrapper {
            fn name(&self) -> &str {
                self.store.name()
            }
            fn capabilities(&self) -> vantage_live::Capabilities {
                let $this = self;
                $can
            }
            async fn get_values(&self) -> Result<Vec<(vantage_live::Id, vantage_live::Record)>, vantage_live::ValueError> {
                self.store.get_values().await
            }
            async fn get_id_value(
                &self,
                id: &vantage_live::Id,
            ) -> Result<Option<vantage_live::Record>, vantage_live::ValueError> {
                self.store.get_id_value(id).await
            }
            async fn get_some_value(
                &self,
            ) -> Result<Option<(vantage_live::Id, vantage_live::Record)>, vantage_live::ValueError> {
                self.store.get_some_value().await
            }
            fn stream_values(
                &self,
                batch: usize,
            ) -> futures::stream::BoxStream<
                '_,
                Result<Vec<(vantage_live::Id, vantage_live::Record)>, vantage_live::ValueError>,
            > {
                self.store.stream_values(batch)
            }
            async fn count(&self) -> Result<u64, vantage_live::ValueError> {
                self.store.count().await
            }
        }
    };
}
