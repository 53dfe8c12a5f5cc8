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
        // MS-XCA, section 3.3: a text and its packed form.
        let packed = b"\x38\xb0\x88F# \0 F# A\x10\0B#\0 \xb0G#\x10\x04C4\x04E#\x04H";
        let mut text = [0; 64];
        // A text of that section is longer; here only that it is taken apart without leaving the buffer.
        let _ = unpack(packed, &mut text);
        let zeros = [0x03, 0xb0, 0x02, 0x00, 0xfc, 0x0f];
        let mut block = [9; 5000];
        unpack(&zeros, &mut block).expect("a packed block");
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
