//! The table in memory keeps the contract, alone and behind a link that has no faults.

use vantage_live::ImTable;

vantage_live::contract_tests!(ImTable::new("contract"));

mod behind_a_faultless_link {
    use vantage_live::ImTable;
    use vantage_live::contract::FaultyValueSet;

    vantage_live::contract_tests!(FaultyValueSet::new(ImTable::new("contract")));
}
