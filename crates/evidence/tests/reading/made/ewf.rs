//! Images of the Expert Witness format, both versions, as their descriptions say.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use tutela_evidence::image::Segment;

/// Bytes of a chunk.
pub const CHUNK: usize = 4096;

fn adler(bytes: &[u8]) -> [u8; 4] {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    (b << 16 | a).to_le_bytes()
}

fn with_sum(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = adler(&bytes);
    bytes.extend(sum);
    bytes
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("into memory");
    encoder.finish().expect("into memory")
}

/// A section of the first version.
fn section(file: &mut Vec<u8>, kind: &str, content: &[u8]) {
    let at = file.len() as u64;
    let last = matches!(kind, "next" | "done");
    let mut head = vec![0; 72];
    head[..kind.len()].copy_from_slice(kind.as_bytes());
    let next = if last { at } else { at + 76 + content.len() as u64 };
    head[16..24].copy_from_slice(&next.to_le_bytes());
    head[24..32].copy_from_slice(&(76 + content.len() as u64).to_le_bytes());
    file.extend(with_sum(head));
    file.extend(content);
}

/// The segments of an E01, `per_segment` chunks in each; every second chunk packed.
pub fn first(media: &[u8], per_segment: usize, md5: Option<[u8; 16]>) -> Vec<Vec<u8>> {
    let chunks: Vec<&[u8]> = media.chunks(CHUNK).collect();
    let mut volume = vec![0; 1048];
    volume[4..8].copy_from_slice(&(chunks.len() as u32).to_le_bytes());
    volume[8..12].copy_from_slice(&((CHUNK / 512) as u32).to_le_bytes());
    volume[12..16].copy_from_slice(&512_u32.to_le_bytes());
    volume[16..24].copy_from_slice(&(media.len() as u64 / 512).to_le_bytes());
    volume[64..80].copy_from_slice(b"made-up set 0001");
    let volume = with_sum(volume);
    let n_segments = chunks.chunks(per_segment).len();
    let mut segments = Vec::new();
    for (segment_idx, of_segment) in chunks.chunks(per_segment).enumerate() {
        let mut file = b"EVF\x09\x0d\x0a\xff\x00\x01".to_vec();
        file.extend((segment_idx as u16 + 1).to_le_bytes());
        file.extend([0, 0]);
        section(&mut file, if segment_idx == 0 { "volume" } else { "data" }, &volume);
        let base = file.len() as u64;
        let (mut sectors, mut entries) = (Vec::new(), Vec::new());
        for (chunk_idx, chunk) in of_segment.iter().enumerate() {
            let packed = chunk_idx % 2 == 1;
            let at = 76 + sectors.len() as u32;
            entries.extend((at | if packed { 0x8000_0000 } else { 0 }).to_le_bytes());
            sectors.extend(if packed { zlib(chunk) } else { with_sum(chunk.to_vec()) });
        }
        section(&mut file, "sectors", &sectors);
        let mut head = (of_segment.len() as u32).to_le_bytes().to_vec();
        head.extend([0; 4]);
        head.extend(base.to_le_bytes());
        head.extend([0; 4]);
        let table = [with_sum(head), with_sum(entries)].concat();
        section(&mut file, "table", &table);
        section(&mut file, "table2", &table);
        if segment_idx + 1 == n_segments {
            if let Some(md5) = md5 {
                section(&mut file, "hash", &with_sum([&md5[..], &[0; 16]].concat()));
            }
            section(&mut file, "done", &[]);
        } else {
            section(&mut file, "next", &[]);
        }
        segments.push(file);
    }
    segments
}

/// A section of the second version: its descriptor stands behind it.
fn second_section(file: &mut Vec<u8>, before: &mut u64, kind: u32, content: &[u8]) {
    file.extend(content);
    let at = file.len() as u64;
    let mut head = vec![0; 60];
    head[..4].copy_from_slice(&kind.to_le_bytes());
    head[8..16].copy_from_slice(&before.to_le_bytes());
    head[16..24].copy_from_slice(&(content.len() as u64).to_le_bytes());
    head[24..28].copy_from_slice(&64_u32.to_le_bytes());
    file.extend(with_sum(head));
    *before = at;
}

/// An Ex01 in one segment: chunks packed, plain with a checksum, and of one pattern, by turns.
pub fn second(media: &[u8], md5: [u8; 16]) -> Vec<u8> {
    let text = |lines: &str| zlib(&lines.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    let mut file = b"EVF2\x0d\x0a\x81\x00\x02\x01\x01\x00\x01\x00\x00\x00made-up set 0002".to_vec();
    let mut before = 0;
    let chunks: Vec<&[u8]> = media.chunks(CHUNK).collect();
    let device = format!("\u{feff}1\nmain\nsn\tts\tbp\nx\t{}\t512\n\n", media.len() / 512);
    second_section(&mut file, &mut before, 1, &text(&device));
    let case = format!("\u{feff}1\nmain\nnm\tsb\ttb\nx\t{}\t{}\n\n", CHUNK / 512, chunks.len());
    second_section(&mut file, &mut before, 2, &text(&case));
    let (mut data, mut entries, start) = (Vec::new(), Vec::new(), file.len() as u64);
    for (chunk_idx, chunk) in chunks.iter().enumerate() {
        let at = start + data.len() as u64;
        let repeats = chunk.chunks(8).all(|eight| eight == &chunk[..8]);
        let (at, stored, flags) = match chunk_idx % 2 {
            _ if repeats => (u64::from_le_bytes(chunk[..8].try_into().expect("eight")), Vec::new(), 4_u32),
            0 => (at, zlib(chunk), 1),
            _ => (at, with_sum(chunk.to_vec()), 2),
        };
        entries.extend(at.to_le_bytes());
        entries.extend((stored.len() as u32).to_le_bytes());
        entries.extend(flags.to_le_bytes());
        data.extend(stored);
    }
    second_section(&mut file, &mut before, 3, &data);
    let mut head = 0_u64.to_le_bytes().to_vec();
    head.extend((chunks.len() as u32).to_le_bytes());
    head.extend([0; 4]);
    let mut table = with_sum(head);
    table.extend([0; 12]);
    table.extend(with_sum(entries));
    table.extend([0; 12]);
    second_section(&mut file, &mut before, 4, &table);
    second_section(&mut file, &mut before, 8, &md5);
    second_section(&mut file, &mut before, 15, &[]);
    file
}

/// Segments as they are handed to the reader.
pub fn handed(named: &[(&str, &[u8])]) -> Vec<Segment> {
    let segment =
        |(name, bytes): &(&str, &[u8])| Segment { name: (*name).to_owned(), bytes: Box::new(bytes.to_vec()) };
    named.iter().map(segment).collect()
}

/// The segment with one more section before its last one.
pub fn with_section(segment: &[u8], kind: &str, content: &[u8]) -> Vec<u8> {
    let last = segment.len() - 76;
    let mut file = segment[..last].to_vec();
    section(&mut file, kind, content);
    section(&mut file, "done", &[]);
    file
}
