//! The canonical form of a JSON value (RFC 8785), for values whose numbers are whole. It is not a general writer.

use serde_json::Value;

/// A value that has no canonical form here: a number that is not whole, or beyond what every reader keeps exactly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a whole number between -(2^53 - 1) and 2^53 - 1: {0}")]
pub struct NotCanonical(String);

/// Whole numbers that a double holds exactly (RFC 7493 section 2.2): a reader in any language sees the same value.
const EXACT: u64 = (1 << 53) - 1;

/// The one text that stands for the value: members sorted, no blanks.
///
/// # Errors
/// A number that is not whole or too large.
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

fn write(value: &Value, text: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_none_or(|size| size > EXACT) {
                return Err(NotCanonical(number.to_string()));
            }
            text.push_str(&number.to_string());
        }
        Value::Array(items) => {
            text.push('[');
            for (item_idx, item) in items.iter().enumerate() {
                if item_idx > 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            // RFC 8785 section 3.2.3: names are compared as UTF-16 code units, not as bytes.
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (member_idx, (name, value)) in members.into_iter().enumerate() {
                if member_idx > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text)?;
            }
            text.push('}');
        }
        // RFC 8785 section 3.2.2.2 asks for the shortest escapes, which are those that serde_json writes.
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_sorted_by_utf16_units_as_in_rfc_8785() {
        // The example of section 3.2.3.
        let value: Value = serde_json::from_str(
            "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew Letter Dalet With Dagesh\",\
             \"1\":\"One\",\"\\ud83d\\ude00\":\"Emoji: Grinning Face\",\"\\u0080\":\"Control\",\
             \"\\u00f6\":\"Latin Small Letter O With Diaeresis\"}",
        )
        .expect("JSON");
        let text = canonical(&value).expect("no numbers");
        let values: Vec<&str> = text.split('"').skip(3).step_by(4).collect();
        assert_eq!(
            values,
            [
                "Carriage Return",
                "One",
                "Control",
                "Latin Small Letter O With Diaeresis",
                "Euro Sign",
                "Emoji: Grinning Face",
                "Hebrew Letter Dalet With Dagesh"
            ]
        );
    }

    #[test]
    fn texts_are_escaped_as_in_rfc_8785() {
        // The string of section 3.2.2: euro sign, dollar, U+000F, line feed, A, quotation marks and the rest.
        let value = json!("\u{20ac}$\u{f}\nA'\u{42}\u{22}\u{5c}\\\"/");
        assert_eq!(canonical(&value).expect("no numbers"), r#""€$\u000f\nA'B\"\\\\\"/""#);
    }

    #[test]
    fn numbers_are_whole_and_exact() {
        assert_eq!(
            canonical(&json!([1, -2, 9_007_199_254_740_991_u64])).expect("exact"),
            "[1,-2,9007199254740991]"
        );
        for value in
            [json!(0.5), json!(1e3), json!(9_007_199_254_740_992_u64), json!(-9_007_199_254_740_992_i64)]
        {
            assert!(canonical(&value).is_err(), "{value}");
        }
    }
}
