//! A feed that is wrong: it tells a record as it never was.

use async_trait::async_trait;
use futures::StreamExt;
use vantage_live::value::FeedKind;
use vantage_live::{Feed, FeedEvent, FeedOrder, FeedStream, ManualFeed, Record, ValueError};

pub struct TellsEmptyRecords(pub ManualFeed);

#[async_trait]
impl Feed for TellsEmptyRecords {
    fn kind(&self) -> FeedKind {
        self.0.kind()
    }

    fn order(&self) -> FeedOrder {
        self.0.order()
    }

    async fn subscribe(&self) -> Result<FeedStream, ValueError> {
        let emptied = |told| match told {
            Ok(FeedEvent::Upsert { id, .. }) => Ok(FeedEvent::Upsert { id, record: Some(Record::new()) }),
            other => other,
        };
        Ok(self.0.subscribe().await?.map(emptied).boxed())
    }
}
