//! Numbers in groups of seven bits, the lowest first (LEB128, DWARF 5 section 7.6).

/// Adds a number.
pub fn put(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Adds a number of up to 128 bits.
pub fn put_wide(mut number: u128, bytes: &mut Vec<u8>) {
    while number >= 1 << 63 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    put(number as u64, bytes);
}

/// Takes a number off the front. None when the bytes end before it does, or it is larger.
pub fn get(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for (byte_idx, byte) in bytes.iter().take(10).enumerate() {
        let group = u64::from(byte & 0x7f);
        if byte_idx == 9 && group > 1 {
            return None;
        }
        number |= group << (7 * byte_idx);
        if *byte < 0x80 {
            *bytes = &bytes[byte_idx + 1..];
            return Some(number);
        }
    }
    None
}

/// Takes a number of up to 128 bits off the front. None when the bytes end before it does, or it is larger.
pub fn get_wide(bytes: &mut &[u8]) -> Option<u128> {
    let mut number = 0;
    for (byte_idx, byte) in bytes.iter().take(19).enumerate() {
        let group = u128::from(byte & 0x7f);
        if byte_idx == 18 && group > 3 {
            return None;
        }
        number |= group << (7 * byte_idx);
        if *byte < 0x80 {
            *bytes = &bytes[byte_idx + 1..];
            return Some(number);
        }
    }
    None
}

/// Numbers below zero take turns with those above, so that small ones stay short.
pub fn turned(number: i128) -> u128 {
    ((number << 1) ^ (number >> 127)) as u128
}

/// The number of which [`turned`] made this one.
pub fn turned_back(number: u128) -> i128 {
    (number >> 1) as i128 ^ -((number & 1) as i128)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back_and_from_no_part_of_their_bytes(narrow: u64, wide: u128, signed: i128) {
            let mut bytes = Vec::new();
            put(narrow, &mut bytes);
            put_wide(wide, &mut bytes);
            put_wide(turned(signed), &mut bytes);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(get(&mut rest), Some(narrow));
            let before_wide = rest;
            prop_assert_eq!(get_wide(&mut rest), Some(wide));
            prop_assert_eq!(get_wide(&mut &before_wide[..before_wide.len() - rest.len() - 1]), None);
            prop_assert_eq!(get_wide(&mut rest).map(turned_back), Some(signed));
            prop_assert!(rest.is_empty());
        }
    }

    #[test]
    fn a_number_that_is_too_large_is_none() {
        assert_eq!(get(&mut &[0xff; 12][..]), None);
        assert_eq!(get(&mut &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02][..]), None);
        assert_eq!(get_wide(&mut &[0xff; 20][..]), None);
    }
}
