//! The table in memory keeps the contract, alone and behind a link that has no faults.

use vantage_live::ImTable;

vantage_live::contract_tests!(ImTable::new("contract"));

mod behind_a_faultless_link {
    use vantage_live::ImTable;
    use vantage_live::contract::FaultyValueSet;

    vantage_live::contract_tests!(FaultyValueSet::new(ImTable::new("contract")));
}

mod its_feed {
    use vantage_live::ImTable;

    vantage_live::feed_contract_tests!({
        let table = ImTable::new("contract");
        (table.clone(), table.feed())
    });
}

mod its_feed_behind_a_faultless_link {
    use vantage_live::ImTable;
    use vantage_live::contract::FaultyFeed;

    vantage_live::feed_contract_tests!({
        let table = ImTable::new("contract");
        (table.clone(), FaultyFeed::new(table.feed()))
    });
}
