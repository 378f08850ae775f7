/// A text and what it is about, in the names of JSONTestSuite.
struct TextCase: Sendable, CustomStringConvertible {
    let name: String
    let bytes: [UInt8]

    init(_ name: String, _ text: String) {
        self.name = name
        self.bytes = Array(text.utf8)
    }

    init(_ name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    var description: String { name }
}

/// The texts that every parser of RFC 8259 has to take.
let acceptedTexts: [TextCase] = [
    TextCase("y_array_arraysWithSpaces", "[[]   ]"),
    TextCase("y_array_empty-string", #"[""]"#),
    TextCase("y_array_empty", "[]"),
    TextCase("y_array_ending_with_newline", "[\"a\"]\n"),
    TextCase("y_array_false", "[false]"),
    TextCase("y_array_heterogeneous", #"[null, 1, "1", {}]"#),
    TextCase("y_array_null", "[null]"),
    TextCase("y_array_with_1_and_newline", "[1\n]"),
    TextCase("y_array_with_leading_space", " [1]"),
    TextCase("y_array_with_several_null", "[1,null,null,null,2]"),
    TextCase("y_array_with_trailing_space", "[2] "),
    TextCase("y_number", "[123e65]"),
    TextCase("y_number_0e+1", "[0e+1]"),
    TextCase("y_number_0e1", "[0e1]"),
    TextCase("y_number_after_space", "[ 4]"),
    TextCase(
        "y_number_double_close_to_zero",
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]\n"),
    TextCase("y_number_int_with_exp", "[20e1]"),
    TextCase("y_number_minus_zero", "[-0]"),
    TextCase("y_number_negative_int", "[-123]"),
    TextCase("y_number_negative_one", "[-1]"),
    TextCase("y_number_negative_zero", "[-0]"),
    TextCase("y_number_real_capital_e", "[1E22]"),
    TextCase("y_number_real_capital_e_neg_exp", "[1E-2]"),
    TextCase("y_number_real_capital_e_pos_exp", "[1E+2]"),
    TextCase("y_number_real_exponent", "[123e45]"),
    TextCase("y_number_real_fraction_exponent", "[123.456e78]"),
    TextCase("y_number_real_neg_exp", "[1e-2]"),
    TextCase("y_number_real_pos_exponent", "[1e+2]"),
    TextCase("y_number_simple_int", "[123]"),
    TextCase("y_number_simple_real", "[123.456789]"),
    TextCase("y_object", #"{"asd":"sdf", "dfg":"fgh"}"#),
    TextCase("y_object_basic", #"{"asd":"sdf"}"#),
    TextCase("y_object_duplicated_key", #"{"a":"b","a":"c"}"#),
    TextCase("y_object_duplicated_key_and_value", #"{"a":"b","a":"b"}"#),
    TextCase("y_object_empty", "{}"),
    TextCase("y_object_empty_key", #"{"":0}"#),
    TextCase("y_object_escaped_null_in_key", #"{"foo\u0000bar": 42}"#),
    TextCase("y_object_extreme_numbers", #"{ "min": -1.0e+28, "max": 1.0e+28 }"#),
    TextCase(
        "y_object_long_strings",
        #"{"x":[{"id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}], "id": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#
    ),
    TextCase("y_object_simple", #"{"a":[]}"#),
    TextCase(
        "y_object_string_unicode",
        #"{"title":"\u041f\u043e\u043b\u0442\u043e\u0440\u0430 \u0417\u0435\u043c\u043b\u0435\u043a\u043e\u043f\u0430" }"#
    ),
    TextCase("y_object_with_newlines", "{\n\"a\": \"b\"\n}"),
    TextCase("y_string_1_2_3_bytes_UTF-8_sequences", #"["\u0060\u012a\u12AB"]"#),
    TextCase("y_string_accepted_surrogate_pair", #"["\uD801\udc37"]"#),
    TextCase("y_string_accepted_surrogate_pairs", #"["\ud83d\ude39\ud83d\udc8d"]"#),
    TextCase("y_string_allowed_escapes", #"["\"\\\/\b\f\n\r\t"]"#),
    TextCase("y_string_backslash_and_u_escaped_zero", #"["\\u0000"]"#),
    TextCase("y_string_backslash_doublequotes", #"["\""]"#),
    TextCase("y_string_comments", #"["a/*b*/c/*d//e"]"#),
    TextCase("y_string_double_escape_a", #"["\\a"]"#),
    TextCase("y_string_double_escape_n", #"["\\n"]"#),
    TextCase("y_string_escaped_control_character", #"["\u0012"]"#),
    TextCase("y_string_escaped_noncharacter", #"["\uFFFF"]"#),
    TextCase("y_string_in_array", #"["asd"]"#),
    TextCase("y_string_in_array_with_leading_space", #"[ "asd"]"#),
    TextCase("y_string_last_surrogates_1_and_2", #"["\uDBFF\uDFFF"]"#),
    TextCase("y_string_nbsp_uescaped", #"["new\u00A0line"]"#),
    TextCase("y_string_nonCharacterInUTF-8_U+10FFFF", "[\"\u{10FFFF}\"]"),
    TextCase("y_string_nonCharacterInUTF-8_U+FFFF", "[\"\u{FFFF}\"]"),
    TextCase("y_string_null_escape", #"["\u0000"]"#),
    TextCase("y_string_one-byte-utf-8", #"["\u002c"]"#),
    TextCase("y_string_pi", "[\"π\"]"),
    TextCase("y_string_reservedCharacterInUTF-8_U+1BFFF", "[\"\u{1BFFF}\"]"),
    TextCase("y_string_simple_ascii", #"["asd "]"#),
    TextCase("y_string_space", #"" ""#),
    TextCase("y_string_surrogates_U+1D11E_MUSICAL_SYMBOL_G_CLEF", #"["\uD834\uDd1e"]"#),
    TextCase("y_string_three-byte-utf-8", #"["\u0821"]"#),
    TextCase("y_string_two-byte-utf-8", #"["\u0123"]"#),
    TextCase("y_string_u+2028_line_sep", "[\"\u{2028}\"]"),
    TextCase("y_string_u+2029_par_sep", "[\"\u{2029}\"]"),
    TextCase("y_string_uEscape", #"["\u0061\u30af\u30EA\u30b9"]"#),
    TextCase("y_string_uescaped_newline", #"["new\u000Aline"]"#),
    TextCase("y_string_unescaped_char_delete", "[\"\u{7F}\"]"),
    TextCase("y_string_unicode", #"["\uA66D"]"#),
    TextCase("y_string_unicodeEscapedBackslash", #"["\u005C"]"#),
    TextCase("y_string_unicode_2", "[\"⍂㈴⍂\"]"),
    TextCase("y_string_unicode_U+10FFFE_nonchar", #"["\uDBFF\uDFFE"]"#),
    TextCase("y_string_unicode_U+1FFFE_nonchar", #"["\uD83F\uDFFE"]"#),
    TextCase("y_string_unicode_U+200B_ZERO_WIDTH_SPACE", #"["\u200B"]"#),
    TextCase("y_string_unicode_U+2064_invisible_plus", #"["\u2064"]"#),
    TextCase("y_string_unicode_U+FDD0_nonchar", #"["\uFDD0"]"#),
    TextCase("y_string_unicode_U+FFFE_nonchar", #"["\uFFFE"]"#),
    TextCase("y_string_unicode_escaped_double_quote", #"["\u0022"]"#),
    TextCase("y_string_utf8", "[\"€𝄞\"]"),
    TextCase("y_string_with_del_character", "[\"a\u{7F}a\"]"),
    TextCase("y_structure_lonely_false", "false"),
    TextCase("y_structure_lonely_int", "42"),
    TextCase("y_structure_lonely_negative_real", "-0.1"),
    TextCase("y_structure_lonely_null", "null"),
    TextCase("y_structure_lonely_string", #""asd""#),
    TextCase("y_structure_lonely_true", "true"),
    TextCase("y_structure_string_empty", #""""#),
    TextCase("y_structure_trailing_newline", "[\"a\"]\n"),
    TextCase("y_structure_true_in_array", "[true]"),
    TextCase("y_structure_whitespace_array", " [] "),
]
