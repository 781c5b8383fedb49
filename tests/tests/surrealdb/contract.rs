//! The contract of value sets and feeds.

mod embedded {
    mod set {
        vantage_live::contract_tests!(crate::support::empty(crate::support::embedded().await).await);
    }

    mod feed {
        vantage_live::feed_contract_tests!({
            let table = crate::support::empty(crate::support::embedded().await).await;
            (table.clone(), table.feed())
        });
    }
}

/// By a client of the program's own, whose permissions nobody knows.
mod from_client {
    use vantage_live::store::surrealdb::SurrealDb;

    mod set {
        use super::SurrealDb;
        vantage_live::contract_tests!(crate::support::empty(SurrealDb::from_client(crate::support::raw().await)).await);
    }
}

mod over_websocket {
    mod set {
        vantage_live::contract_tests!(crate::support::empty(crate::support::remote().await).await);
    }

    mod feed {
        vantage_live::feed_contract_tests!({
            let table = crate::support::empty(crate::support::remote().await).await;
            (table.clone(), table.feed())
        });
    }
}

mod filtered {
    use surrealdb::types::vars;

    mod set {
        use super::vars;
        vantage_live::contract_tests!({
            let table = crate::support::empty(crate::support::embedded().await).await;
            table.filter("hidden IS NOT $hidden", vars! { hidden: true })
        });
    }

    mod feed {
        use super::vars;
        vantage_live::feed_contract_tests!({
            let table = crate::support::empty(crate::support::embedded().await).await;
            let table = table.filter("hidden IS NOT $hidden", vars! { hidden: true });
            (table.clone(), table.feed())
        });
    }
}
