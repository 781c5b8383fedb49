//! As many fields as there may be, with long names that begin alike, some of them spread beside the others: that no two have
//! the same name is found out while this is compiled, and the compiler does not lose its patience.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

macro_rules! entity {
    ($name:ident { $($field:ident)* } $($rest:tt)*) => {
        #[derive(Clone, Default, Serialize, Deserialize, LiveEntity)]
        struct $name { $($field: u8,)* $($rest)* }
    };
}

entity! {
    Inner {
        customer_shipping_address_inner_line_0 customer_shipping_address_inner_line_1
        customer_shipping_address_inner_line_2 customer_shipping_address_inner_line_3
        customer_shipping_address_inner_line_4 customer_shipping_address_inner_line_5
        customer_shipping_address_inner_line_6 customer_shipping_address_inner_line_7
        customer_shipping_address_inner_line_8 customer_shipping_address_inner_line_9
        customer_shipping_address_inner_line_10 customer_shipping_address_inner_line_11
        customer_shipping_address_inner_line_12 customer_shipping_address_inner_line_13
        customer_shipping_address_inner_line_14 customer_shipping_address_inner_line_15
        customer_shipping_address_inner_line_16 customer_shipping_address_inner_line_17
        customer_shipping_address_inner_line_18 customer_shipping_address_inner_line_19
        customer_shipping_address_inner_line_20 customer_shipping_address_inner_line_21
        customer_shipping_address_inner_line_22 customer_shipping_address_inner_line_23
        customer_shipping_address_inner_line_24 customer_shipping_address_inner_line_25
        customer_shipping_address_inner_line_26 customer_shipping_address_inner_line_27
        customer_shipping_address_inner_line_28 customer_shipping_address_inner_line_29
        customer_shipping_address_inner_line_30 customer_shipping_address_inner_line_31
        customer_shipping_address_inner_line_32 customer_shipping_address_inner_line_33
        customer_shipping_address_inner_line_34 customer_shipping_address_inner_line_35
        customer_shipping_address_inner_line_36 customer_shipping_address_inner_line_37
        customer_shipping_address_inner_line_38 customer_shipping_address_inner_line_39
        customer_shipping_address_inner_line_40 customer_shipping_address_inner_line_41
        customer_shipping_address_inner_line_42 customer_shipping_address_inner_line_43
        customer_shipping_address_inner_line_44 customer_shipping_address_inner_line_45
        customer_shipping_address_inner_line_46 customer_shipping_address_inner_line_47
        customer_shipping_address_inner_line_48 customer_shipping_address_inner_line_49
        customer_shipping_address_inner_line_50 customer_shipping_address_inner_line_51
        customer_shipping_address_inner_line_52 customer_shipping_address_inner_line_53
        customer_shipping_address_inner_line_54 customer_shipping_address_inner_line_55
    }
}

entity! {
    Outer {
        customer_shipping_address_outer_line_0 customer_shipping_address_outer_line_1
        customer_shipping_address_outer_line_2 customer_shipping_address_outer_line_3
        customer_shipping_address_outer_line_4 customer_shipping_address_outer_line_5
        customer_shipping_address_outer_line_6 customer_shipping_address_outer_line_7
        customer_shipping_address_outer_line_8 customer_shipping_address_outer_line_9
        customer_shipping_address_outer_line_10 customer_shipping_address_outer_line_11
        customer_shipping_address_outer_line_12 customer_shipping_address_outer_line_13
        customer_shipping_address_outer_line_14 customer_shipping_address_outer_line_15
        customer_shipping_address_outer_line_16 customer_shipping_address_outer_line_17
        customer_shipping_address_outer_line_18 customer_shipping_address_outer_line_19
        customer_shipping_address_outer_line_20 customer_shipping_address_outer_line_21
        customer_shipping_address_outer_line_22 customer_shipping_address_outer_line_23
        customer_shipping_address_outer_line_24 customer_shipping_address_outer_line_25
        customer_shipping_address_outer_line_26 customer_shipping_address_outer_line_27
        customer_shipping_address_outer_line_28 customer_shipping_address_outer_line_29
        customer_shipping_address_outer_line_30 customer_shipping_address_outer_line_31
        customer_shipping_address_outer_line_32 customer_shipping_address_outer_line_33
        customer_shipping_address_outer_line_34 customer_shipping_address_outer_line_35
        customer_shipping_address_outer_line_36 customer_shipping_address_outer_line_37
        customer_shipping_address_outer_line_38 customer_shipping_address_outer_line_39
        customer_shipping_address_outer_line_40 customer_shipping_address_outer_line_41
        customer_shipping_address_outer_line_42 customer_shipping_address_outer_line_43
        customer_shipping_address_outer_line_44 customer_shipping_address_outer_line_45
        customer_shipping_address_outer_line_46 customer_shipping_address_outer_line_47
        customer_shipping_address_outer_line_48 customer_shipping_address_outer_line_49
        customer_shipping_address_outer_line_50 customer_shipping_address_outer_line_51
        customer_shipping_address_outer_line_52 customer_shipping_address_outer_line_53
        customer_shipping_address_outer_line_54 customer_shipping_address_outer_line_55
        customer_shipping_address_outer_line_56 customer_shipping_address_outer_line_57
        customer_shipping_address_outer_line_58 customer_shipping_address_outer_line_59
        customer_shipping_address_outer_line_60 customer_shipping_address_outer_line_61
        customer_shipping_address_outer_line_62 customer_shipping_address_outer_line_63
        customer_shipping_address_outer_line_64 customer_shipping_address_outer_line_65
        customer_shipping_address_outer_line_66 customer_shipping_address_outer_line_67
        customer_shipping_address_outer_line_68 customer_shipping_address_outer_line_69
        customer_shipping_address_outer_line_70 customer_shipping_address_outer_line_71
        customer_shipping_address_outer_line_72 customer_shipping_address_outer_line_73
        customer_shipping_address_outer_line_74 customer_shipping_address_outer_line_75
        customer_shipping_address_outer_line_76 customer_shipping_address_outer_line_77
        customer_shipping_address_outer_line_78 customer_shipping_address_outer_line_79
        customer_shipping_address_outer_line_80 customer_shipping_address_outer_line_81
        customer_shipping_address_outer_line_82 customer_shipping_address_outer_line_83
        customer_shipping_address_outer_line_84 customer_shipping_address_outer_line_85
        customer_shipping_address_outer_line_86 customer_shipping_address_outer_line_87
        customer_shipping_address_outer_line_88 customer_shipping_address_outer_line_89
        customer_shipping_address_outer_line_90 customer_shipping_address_outer_line_91
        customer_shipping_address_outer_line_92 customer_shipping_address_outer_line_93
        customer_shipping_address_outer_line_94 customer_shipping_address_outer_line_95
        customer_shipping_address_outer_line_96 customer_shipping_address_outer_line_97
        customer_shipping_address_outer_line_98 customer_shipping_address_outer_line_99
        customer_shipping_address_outer_line_100 customer_shipping_address_outer_line_101
        customer_shipping_address_outer_line_102 customer_shipping_address_outer_line_103
        customer_shipping_address_outer_line_104 customer_shipping_address_outer_line_105
        customer_shipping_address_outer_line_106 customer_shipping_address_outer_line_107
        customer_shipping_address_outer_line_108 customer_shipping_address_outer_line_109
        customer_shipping_address_outer_line_110 customer_shipping_address_outer_line_111
        customer_shipping_address_outer_line_112 customer_shipping_address_outer_line_113
        customer_shipping_address_outer_line_114 customer_shipping_address_outer_line_115
        customer_shipping_address_outer_line_116 customer_shipping_address_outer_line_117
        customer_shipping_address_outer_line_118 customer_shipping_address_outer_line_119
        customer_shipping_address_outer_line_120 customer_shipping_address_outer_line_121
        customer_shipping_address_outer_line_122 customer_shipping_address_outer_line_123
        customer_shipping_address_outer_line_124 customer_shipping_address_outer_line_125
        customer_shipping_address_outer_line_126 customer_shipping_address_outer_line_127
        customer_shipping_address_outer_line_128 customer_shipping_address_outer_line_129
        customer_shipping_address_outer_line_130 customer_shipping_address_outer_line_131
        customer_shipping_address_outer_line_132 customer_shipping_address_outer_line_133
        customer_shipping_address_outer_line_134 customer_shipping_address_outer_line_135
        customer_shipping_address_outer_line_136 customer_shipping_address_outer_line_137
        customer_shipping_address_outer_line_138 customer_shipping_address_outer_line_139
        customer_shipping_address_outer_line_140 customer_shipping_address_outer_line_141
        customer_shipping_address_outer_line_142 customer_shipping_address_outer_line_143
        customer_shipping_address_outer_line_144 customer_shipping_address_outer_line_145
        customer_shipping_address_outer_line_146 customer_shipping_address_outer_line_147
        customer_shipping_address_outer_line_148 customer_shipping_address_outer_line_149
        customer_shipping_address_outer_line_150 customer_shipping_address_outer_line_151
        customer_shipping_address_outer_line_152 customer_shipping_address_outer_line_153
        customer_shipping_address_outer_line_154 customer_shipping_address_outer_line_155
        customer_shipping_address_outer_line_156 customer_shipping_address_outer_line_157
        customer_shipping_address_outer_line_158 customer_shipping_address_outer_line_159
        customer_shipping_address_outer_line_160 customer_shipping_address_outer_line_161
        customer_shipping_address_outer_line_162 customer_shipping_address_outer_line_163
        customer_shipping_address_outer_line_164 customer_shipping_address_outer_line_165
        customer_shipping_address_outer_line_166 customer_shipping_address_outer_line_167
        customer_shipping_address_outer_line_168 customer_shipping_address_outer_line_169
        customer_shipping_address_outer_line_170 customer_shipping_address_outer_line_171
        customer_shipping_address_outer_line_172 customer_shipping_address_outer_line_173
        customer_shipping_address_outer_line_174 customer_shipping_address_outer_line_175
        customer_shipping_address_outer_line_176 customer_shipping_address_outer_line_177
        customer_shipping_address_outer_line_178 customer_shipping_address_outer_line_179
        customer_shipping_address_outer_line_180 customer_shipping_address_outer_line_181
        customer_shipping_address_outer_line_182 customer_shipping_address_outer_line_183
        customer_shipping_address_outer_line_184 customer_shipping_address_outer_line_185
        customer_shipping_address_outer_line_186 customer_shipping_address_outer_line_187
        customer_shipping_address_outer_line_188 customer_shipping_address_outer_line_189
        customer_shipping_address_outer_line_190 customer_shipping_address_outer_line_191
        customer_shipping_address_outer_line_192 customer_shipping_address_outer_line_193
        customer_shipping_address_outer_line_194 customer_shipping_address_outer_line_195
        customer_shipping_address_outer_line_196 customer_shipping_address_outer_line_197
        customer_shipping_address_outer_line_198 customer_shipping_address_outer_line_199
    }
    #[live(nested)]
    #[serde(flatten)]
    inner: Inner,
}

pub(super) fn main() {
    let (old, mut new) = (Outer::default(), Outer::default());
    new.inner.customer_shipping_address_inner_line_55 = 1;
    new.customer_shipping_address_outer_line_199 = 1;

    let changed = old.diff(&new);
    assert_eq!(OuterField::ALL.len(), 256);
    assert_eq!(
        changed.iter().map(|field| field.wire_name()).collect::<Vec<_>>(),
        ["customer_shipping_address_outer_line_199", "customer_shipping_address_inner_line_55"]
    );
}
