//! Meant: a table with a column per day.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    day_000: i8, day_001: i8, day_002: i8, day_003: i8, day_004: i8, day_005: i8, day_006: i8, day_007: i8, day_008: i8, day_009: i8,
    day_010: i8, day_011: i8, day_012: i8, day_013: i8, day_014: i8, day_015: i8, day_016: i8, day_017: i8, day_018: i8, day_019: i8,
    day_020: i8, day_021: i8, day_022: i8, day_023: i8, day_024: i8, day_025: i8, day_026: i8, day_027: i8, day_028: i8, day_029: i8,
    day_030: i8, day_031: i8, day_032: i8, day_033: i8, day_034: i8, day_035: i8, day_036: i8, day_037: i8, day_038: i8, day_039: i8,
    day_040: i8, day_041: i8, day_042: i8, day_043: i8, day_044: i8, day_045: i8, day_046: i8, day_047: i8, day_048: i8, day_049: i8,
    day_050: i8, day_051: i8, day_052: i8, day_053: i8, day_054: i8, day_055: i8, day_056: i8, day_057: i8, day_058: i8, day_059: i8,
    day_060: i8, day_061: i8, day_062: i8, day_063: i8, day_064: i8, day_065: i8, day_066: i8, day_067: i8, day_068: i8, day_069: i8,
    day_070: i8, day_071: i8, day_072: i8, day_073: i8, day_074: i8, day_075: i8, day_076: i8, day_077: i8, day_078: i8, day_079: i8,
    day_080: i8, day_081: i8, day_082: i8, day_083: i8, day_084: i8, day_085: i8, day_086: i8, day_087: i8, day_088: i8, day_089: i8,
    day_090: i8, day_091: i8, day_092: i8, day_093: i8, day_094: i8, day_095: i8, day_096: i8, day_097: i8, day_098: i8, day_099: i8,
    day_100: i8, day_101: i8, day_102: i8, day_103: i8, day_104: i8, day_105: i8, day_106: i8, day_107: i8, day_108: i8, day_109: i8,
    day_110: i8, day_111: i8, day_112: i8, day_113: i8, day_114: i8, day_115: i8, day_116: i8, day_117: i8, day_118: i8, day_119: i8,
    day_120: i8, day_121: i8, day_122: i8, day_123: i8, day_124: i8, day_125: i8, day_126: i8, day_127: i8, day_128: i8, day_129: i8,
    day_130: i8, day_131: i8, day_132: i8, day_133: i8, day_134: i8, day_135: i8, day_136: i8, day_137: i8, day_138: i8, day_139: i8,
    day_140: i8, day_141: i8, day_142: i8, day_143: i8, day_144: i8, day_145: i8, day_146: i8, day_147: i8, day_148: i8, day_149: i8,
    day_150: i8, day_151: i8, day_152: i8, day_153: i8, day_154: i8, day_155: i8, day_156: i8, day_157: i8, day_158: i8, day_159: i8,
    day_160: i8, day_161: i8, day_162: i8, day_163: i8, day_164: i8, day_165: i8, day_166: i8, day_167: i8, day_168: i8, day_169: i8,
    day_170: i8, day_171: i8, day_172: i8, day_173: i8, day_174: i8, day_175: i8, day_176: i8, day_177: i8, day_178: i8, day_179: i8,
    day_180: i8, day_181: i8, day_182: i8, day_183: i8, day_184: i8, day_185: i8, day_186: i8, day_187: i8, day_188: i8, day_189: i8,
    day_190: i8, day_191: i8, day_192: i8, day_193: i8, day_194: i8, day_195: i8, day_196: i8, day_197: i8, day_198: i8, day_199: i8,
    day_200: i8, day_201: i8, day_202: i8, day_203: i8, day_204: i8, day_205: i8, day_206: i8, day_207: i8, day_208: i8, day_209: i8,
    day_210: i8, day_211: i8, day_212: i8, day_213: i8, day_214: i8, day_215: i8, day_216: i8, day_217: i8, day_218: i8, day_219: i8,
    day_220: i8, day_221: i8, day_222: i8, day_223: i8, day_224: i8, day_225: i8, day_226: i8, day_227: i8, day_228: i8, day_229: i8,
    day_230: i8, day_231: i8, day_232: i8, day_233: i8, day_234: i8, day_235: i8, day_236: i8, day_237: i8, day_238: i8, day_239: i8,
    day_240: i8, day_241: i8, day_242: i8, day_243: i8, day_244: i8, day_245: i8, day_246: i8, day_247: i8, day_248: i8, day_249: i8,
    day_250: i8, day_251: i8, day_252: i8, day_253: i8, day_254: i8, day_255: i8, day_256: i8,
}

fn main() {
    let _ = Row::diff;
}
