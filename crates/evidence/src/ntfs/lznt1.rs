//! LZNT1, as NTFS packs files (MS-XCA, section 2.5): blocks of at most 4,096 bytes, each with its length before it.

/// Bytes that a block unpacks to.
const BLOCK: usize = 4096;

/// Unpacks into the buffer, whose rest stays as it is. None when the bytes are not packed so.
pub(super) fn unpack(packed: &[u8], into: &mut [u8]) -> Option<()> {
    let mut rest = packed;
    for block in into.chunks_mut(BLOCK) {
        let Some((head, after)) = rest.split_first_chunk() else { break };
        let head = u16::from_le_bytes(*head);
        if head == 0 {
            break;
        }
        let length = usize::from(head & 0xfff) + 1;
        let (content, after) = after.split_at_checked(length)?;
        rest = after;
        if head & 0x8000 == 0 {
            let length = length.min(block.len());
            block[..length].copy_from_slice(&content[..length]);
        } else {
            unpack_block(content, block)?;
        }
    }
    Some(())
}

/// Unpacks a block: after a byte of eight flags eight bytes, or pairs of them that lead back.
fn unpack_block(packed: &[u8], block: &mut [u8]) -> Option<()> {
    let (mut rest, mut done) = (packed, 0);
    while let Some((flags, after)) = rest.split_first() {
        rest = after;
        for bit in 0..8 {
            if rest.is_empty() || done == block.len() {
                break;
            }
            if flags >> bit & 1 == 0 {
                block[done] = rest[0];
                (rest, done) = (&rest[1..], done + 1);
                continue;
            }
            let (pair, after) = rest.split_first_chunk()?;
            rest = after;
            let pair = usize::from(u16::from_le_bytes(*pair));
            // The further in the block, the more bits say how far back.
            let bits = (done.checked_sub(1)? >> 4).checked_ilog2().map_or(0, |log| log + 1);
            let length = (pair & (0xfff >> bits)) + 3;
            let from = done.checked_sub((pair >> (12 - bits)) + 1)?;
            for step in 0..length.min(block.len() - done) {
                block[done + step] = block[from + step];
            }
            done = (done + length).min(block.len());
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_comes_out() {
        // MS-XCA, section 3.3.
        let text = b"F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# D E F# G \
                     F# E D E A F# F# G A A G F# E D D E F# E D D\0";
        let packed = [
            0x38, 0xb0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xa2, 0x47, 0x01,
            0xa0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xc0, 0x45, 0x20, 0x05, 0x24,
            0x13, 0x88, 0x05, 0xb4, 0x02, 0x4a, 0x44, 0xef, 0x03, 0x58, 0x02, 0x8c, 0x09, 0x16, 0x01, 0x48,
            0x45, 0x00, 0xbe, 0x00, 0x9e, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00,
        ];
        let mut unpacked = [9; 200];
        unpack(&packed, &mut unpacked).expect("a packed block");
        assert_eq!(unpacked[..text.len()], text[..]);
        assert_eq!(unpacked[text.len()..], [9; 200][text.len()..]);
    }

    #[test]
    fn a_block_of_zeros_fills_itself_and_no_more() {
        let mut block = [9; 5000];
        unpack(&[0x03, 0xb0, 0x02, 0x00, 0xfc, 0x0f], &mut block).expect("a packed block");
        assert_eq!(block[..4096], [0; 4096]);
        assert_eq!(block[4096..], [9; 904]);
    }

    #[test]
    fn what_leads_back_before_the_block_is_refused() {
        assert_eq!(unpack(&[0x02, 0xb0, 0x01, 0x00, 0x00], &mut [0; 4096]), None);
        assert_eq!(unpack(&[0x05, 0xb0, 0x02, b'a', 0x00, 0x50], &mut [0; 4096]), None);
        assert_eq!(unpack(&[0xff, 0xbf, 1], &mut [0; 4096]), None);
    }

    #[test]
    fn a_block_that_is_not_packed_is_copied() {
        let mut into = [0; 10];
        unpack(&[0x03, 0x30, 1, 2, 3, 4, 0, 0], &mut into).expect("a plain block");
        assert_eq!(into, [1, 2, 3, 4, 0, 0, 0, 0, 0, 0]);
    }
}
