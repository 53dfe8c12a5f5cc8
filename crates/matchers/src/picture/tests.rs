//! Pictures of made-up shapes in every format: what is hashed, told and refused.

use std::io::Cursor;

use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat, RgbImage};
use proptest::prelude::*;

use super::*;
use crate::pdq::{PdqHash, hash};
use crate::shapes::{Noise, Shape, flat, noise, rectangles};

fn image(shape: &Shape) -> DynamicImage {
    RgbImage::from_raw(shape.width, shape.height, shape.rgb.clone()).expect("its size").into()
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("an encoder");
    bytes.into_inner()
}

pub(crate) fn png(shape: &Shape) -> Vec<u8> {
    written(&image(shape), ImageFormat::Png)
}

fn perceived(bytes: &[u8]) -> Perceived {
    take(bytes, Limits::default()).perceived.expect("a picture")
}

fn upright(bytes: &[u8]) -> PdqHash {
    perceived(bytes).stored.full.upright().hash
}

fn plain(shape: &Shape, profile: Profile) -> PdqHash {
    hash(View::rgb(shape.width, shape.height, &shape.rgb).expect("a picture"), profile).hash
}

#[test]
fn a_picture_has_the_hash_of_its_pixels_in_every_format_that_loses_none() {
    let shape = rectangles(640, 480, 1);
    let cases = [
        (ImageFormat::Png, Format::Png, "nothing"),
        (ImageFormat::Bmp, Format::Bmp, "nothing"),
        (ImageFormat::Tiff, Format::Tiff, "nothing"),
        (ImageFormat::WebP, Format::Webp, "nothing"),
    ];
    for (written_as, format, normalised) in cases {
        let perceived = perceived(&written(&image(&shape), written_as));
        assert_eq!((perceived.format, perceived.width, perceived.height), (format, 640, 480));
        assert_eq!(perceived.stored.ref512.upright().hash, plain(&shape, Profile::Ref512), "{format:?}");
        assert_eq!(perceived.stored.full.upright().hash, plain(&shape, Profile::Full), "{format:?}");
        assert_eq!((perceived.normalised.as_str(), perceived.oriented), (normalised, None), "{format:?}");
    }
}

/// The hash that libjpeg's pixels give is that of the picture here too; other decoders differ in their last bit.
#[test]
fn a_jpeg_has_a_hash_near_that_of_its_pixels() {
    for (seed, size) in [(1, (640, 480)), (2, (300, 220)), (3, (120, 90))] {
        let shape = rectangles(size.0, size.1, seed);
        let mut jpeg = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95);
        encoder.write_image(&shape.rgb, size.0, size.1, ExtendedColorType::Rgb8).expect("an encoder");
        let distance = upright(&jpeg).distance(plain(&shape, Profile::Full));
        assert!(distance <= 6, "{seed}: {distance}");
    }
}

#[test]
fn every_kind_of_pixel_is_brought_to_bytes_and_that_is_said() {
    let shape = rectangles(200, 160, 4);
    let grey = Shape {
        rgb: shape.grey().into_iter().flat_map(|value| [value; 3]).collect(),
        ..rectangles(200, 160, 4)
    };
    let of = |image: DynamicImage| perceived(&written(&image, ImageFormat::Png));
    let hash_of_grey = hash(View::grey(200, 160, &shape.grey()).expect("a picture"), Profile::Full).hash;
    let mut see_through = image(&shape).into_rgba8();
    let mut noise = Noise(9);
    for pixel in see_through.pixels_mut() {
        pixel.0[3] = noise.below(256) as u8;
    }
    let cases = [
        (of(image(&shape)), plain(&shape, Profile::Full), "nothing"),
        (of(image(&grey).into_luma8().into()), hash_of_grey, "nothing"),
        (of(see_through.into()), plain(&shape, Profile::Full), "alpha dropped over nothing"),
        (of(image(&grey).into_luma_alpha8().into()), hash_of_grey, "alpha dropped over nothing"),
        (of(image(&shape).into_rgb16().into()), plain(&shape, Profile::Full), "16 bits to 8"),
        (
            of(image(&shape).into_rgba16().into()),
            plain(&shape, Profile::Full),
            "16 bits to 8; alpha dropped over nothing",
        ),
        (of(image(&grey).into_luma16().into()), hash_of_grey, "16 bits to 8"),
        (
            perceived(&written(&image(&shape).into_rgb32f().into(), ImageFormat::Tiff)),
            plain(&shape, Profile::Full),
            "floats to 8 bits",
        ),
    ];
    for (perceived, hash, normalised) in cases {
        assert_eq!(perceived.normalised, normalised);
        assert_eq!(perceived.stored.full.upright().hash, hash, "{normalised}");
    }
}

#[test]
fn a_gif_is_its_first_frame() {
    // No more than 256 colours, so that none is lost.
    let mut first = rectangles(90, 70, 5);
    for value in &mut first.rgb {
        *value &= 0xc0;
    }
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    for shape in [&first, &noise(90, 70, 6)] {
        let frame = image::Frame::new(image(shape).into_rgba8());
        encoder.encode_frame(frame).expect("an encoder");
    }
    drop(encoder);
    let perceived = perceived(&bytes);
    assert_eq!(perceived.normalised, "palette to rgb; first frame; alpha dropped over nothing");
    assert_eq!(perceived.stored.full.upright().hash, plain(&first, Profile::Full));
}

/// Files of kinds that nothing here writes, 40 × 32 pixels of made-up shapes, with the hash that the reference's code gives
/// for the pixels of libjpeg-turbo 3.2 and libpng (through Pillow 13; ImageMagick 6 wrote the one with Adobe's change of
/// colours).
const SAMPLES: &str = include_str!("samples.tsv");

fn samples() -> Vec<(&'static str, PdqHash, &'static str, Vec<u8>)> {
    let engine = base64::engine::general_purpose::STANDARD;
    let sample = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let bytes = base64::Engine::decode(&engine, cells[3]).expect("base64");
        (cells[0], PdqHash::parse(cells[1]).expect("a hash"), cells[2], bytes)
    };
    SAMPLES.lines().skip(1).map(sample).collect()
}

#[test]
fn inks_palettes_and_single_bits_have_the_reference_s_hash() {
    for (name, hash, normalised, bytes) in samples() {
        let perceived = perceived(&bytes);
        assert_eq!(perceived.normalised, normalised, "{name}");
        let distance = perceived.stored.full.upright().hash.distance(hash);
        // Where colours are kept at half the width, our decoder fills them in otherwise than libjpeg, in the last bits.
        let most = if name.ends_with("g.jpg") || name == "rgb.jpg" { 2 } else { 0 };
        assert!(distance <= most, "{name}: {distance}");
    }
}

/// A JPEG with such fields of EXIF.
fn with_exif(shape: &Shape, fields: &[(exif::Tag, exif::Value)]) -> Vec<u8> {
    let fields: Vec<exif::Field> = fields
        .iter()
        .map(|(tag, value)| exif::Field { tag: *tag, ifd_num: exif::In::PRIMARY, value: value.clone() })
        .collect();
    let mut writer = exif::experimental::Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false).expect("fields");
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95);
    encoder.write_image(&shape.rgb, shape.width, shape.height, ExtendedColorType::Rgb8).expect("an encoder");
    let block = [b"Exif\0\0", &block.into_inner()[..]].concat();
    let length = u16::try_from(block.len() + 2).expect("a short block").to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &block, &jpeg[2..]].concat()
}

fn ascii(text: &str) -> exif::Value {
    exif::Value::Ascii(vec![text.as_bytes().to_vec()])
}

fn degrees(parts: [(u32, u32); 3]) -> exif::Value {
    exif::Value::Rational(parts.map(|(num, denom)| exif::Rational { num, denom }).to_vec())
}

#[test]
fn a_note_of_orientation_gives_a_second_hash_and_is_told() {
    let shape = rectangles(300, 200, 8);
    let view = View::rgb(300, 200, &shape.rgb).expect("a picture");
    for orientation in 1..=8 {
        let turn = Turn::of_exif(orientation).expect("one of eight");
        // The camera stored it so that this turn brings it upright.
        let bytes =
            with_exif(&shape, &[(exif::Tag::Orientation, exif::Value::Short(vec![orientation as u16]))]);
        let perceived = perceived(&bytes);
        let stored = perceived.stored.full.upright().hash;
        assert!(stored.distance(plain(&shape, Profile::Full)) <= 6);
        if turn == Turn::Upright {
            assert_eq!((perceived.oriented, perceived.normalised.as_str()), (None, "nothing"));
            continue;
        }
        let (told, hashes) = perceived.oriented.expect("a second hash");
        assert_eq!(told, turn);
        let upright = hash(view.turned(turn), Profile::Full).hash;
        assert!(hashes.full.upright().hash.distance(upright) <= 6, "{orientation}");
        assert!(stored.distance(upright) > 31, "{orientation}");
        assert_eq!(
            perceived.normalised,
            format!("orientation {orientation}: hashed as stored and {}", turn.word())
        );
    }
    let bytes = with_exif(&shape, &[(exif::Tag::Orientation, exif::Value::Short(vec![9]))]);
    assert_eq!(perceived(&bytes).normalised, "orientation 9 is unknown: hashed as stored");
}

#[test]
fn what_a_picture_states_of_its_camera_time_and_place_is_taken() {
    use exif::Tag;
    let bytes = with_exif(
        &flat(16, 16),
        &[
            (Tag::Make, ascii("Made-up ")),
            (Tag::Model, ascii("Camera 1")),
            (Tag::BodySerialNumber, ascii("0012 34")),
            (Tag::DateTimeOriginal, ascii("2026:03:01 20:00:05")),
            (Tag::SubSecTimeOriginal, ascii("25")),
            (Tag::OffsetTimeOriginal, ascii("+01:00")),
            (Tag::GPSLatitude, degrees([(45, 1), (27, 1), (5130, 100)])),
            (Tag::GPSLatitudeRef, ascii("S")),
            (Tag::GPSLongitude, degrees([(9, 1), (30, 1), (0, 1)])),
            (Tag::GPSLongitudeRef, ascii("E")),
        ],
    );
    let facts = take(&bytes, Limits::default()).facts;
    assert_eq!(facts.camera.as_deref(), Some("Made-up Camera 1"));
    assert_eq!(facts.camera_serial.as_deref(), Some("0012 34"));
    assert_eq!(facts.taken_said.as_deref(), Some("2026:03:01 20:00:05.25+01:00"));
    assert_eq!(facts.position.as_deref(), Some("-45.46425,9.5"));
    let time = facts.taken(None).expect("a time").expect("with its zone");
    assert_eq!(time.said, "2026:03:01 20:00:05.25+01:00");
    assert_eq!(time.at_us, 1_772_391_605_250_000);
}

#[test]
fn a_time_without_a_zone_is_no_instant_and_nonsense_is_nothing() {
    use exif::Tag;
    let facts =
        |fields: &[(Tag, exif::Value)]| take(&with_exif(&flat(16, 16), fields), Limits::default()).facts;
    let local = facts(&[(Tag::DateTimeOriginal, ascii("2026:03:01 20:00:05"))]);
    assert_eq!(local.taken(None), Some(Err(tutela_model::time::NotATime::ZoneMissing)));
    let rome = "Europe/Rome".parse().expect("a zone");
    assert!(
        local
            .taken(Some(&rome))
            .is_some_and(|time| time.is_ok_and(|time| time.at_us == 1_772_391_605_000_000))
    );
    let side = |latitude: [(u32, u32); 3], side: &str| {
        facts(&[
            (Tag::GPSLatitude, degrees(latitude)),
            (Tag::GPSLatitudeRef, ascii(side)),
            (Tag::GPSLongitude, degrees([(0, 1), (0, 1), (0, 1)])),
            (Tag::GPSLongitudeRef, ascii("W")),
        ])
        .position
    };
    assert_eq!(side([(0, 1), (0, 1), (0, 1)], "S").as_deref(), Some("0,0"));
    for nonsense in
        [[(91, 1), (0, 1), (0, 1)], [(1, 0), (0, 1), (0, 1)], [(u32::MAX, 1), (u32::MAX, 1), (u32::MAX, 1)]]
    {
        assert_eq!(side(nonsense, "N"), None);
    }
    assert_eq!(side([(1, 1), (0, 1), (0, 1)], "X"), None);
    let unset = facts(&[(Tag::DateTimeOriginal, ascii("0000:00:00 00:00:00")), (Tag::Make, ascii("   "))]);
    assert_eq!(unset, Facts::default());
    assert_eq!(take(b"", Limits::default()).facts, Facts::default());
}

#[test]
fn a_picture_that_is_larger_than_the_limits_is_refused_before_it_is_decoded() {
    let limits = Limits { pixels: 40_000, memory_bytes: 1 << 20 };
    let large = png(&flat(300, 200));
    let refused = take(&large, limits).perceived.expect_err("too large");
    assert_eq!(
        refused,
        NotPerceived::TooLarge { limit: "40000 pixels".to_owned(), found: "300 x 200".to_owned() }
    );
    let limits = Limits { pixels: 100_000, memory_bytes: 100_000 };
    assert!(matches!(take(&large, limits).perceived, Err(NotPerceived::TooLarge { .. })));
    // Heads that promise four thousand million pixels.
    let mut crafted = png(&flat(9, 9));
    crafted[16..24].fill(0xff);
    assert!(take(&crafted, Limits::default()).perceived.is_err());
    let (_, _, _, mut jpeg) = samples().remove(4);
    let frame = jpeg.windows(2).position(|bytes| bytes == [0xff, 0xc0]).expect("a frame");
    jpeg[frame + 5..frame + 9].fill(0xff);
    assert!(matches!(take(&jpeg, Limits::default()).perceived, Err(NotPerceived::TooLarge { .. })));
    let mut gif = written(&image(&flat(9, 9)), ImageFormat::Gif);
    gif[6..10].fill(0xff);
    let refused = take(&gif, Limits::default()).perceived;
    assert!(matches!(refused, Err(NotPerceived::TooLarge { .. })), "{refused:?}");
}

#[test]
fn what_is_no_picture_or_is_not_decoded_here_says_so() {
    let take = |bytes: &[u8]| take(bytes, Limits::default()).perceived.expect_err("no hash");
    assert_eq!(take(b""), NotPerceived::NoPicture);
    assert_eq!(take(b"%PDF-1.7"), NotPerceived::NoPicture);
    for brand in [b"heic", b"mif1", b"avif"] {
        let bytes = [b"\0\0\0\x18ftyp", &brand[..], b"\0\0\0\0mif1heic"].concat();
        assert_eq!(take(&bytes), NotPerceived::Unsupported(Format::Heif));
    }
    assert!(matches!(take(b"\xff\xd8\xff\xe0"), NotPerceived::Damaged(_)));
    let said = take(b"\0\0\0\x18ftypheic").to_string();
    assert_eq!(said, "pictures of this format are not decoded here: heif");
}

#[test]
fn a_decoder_that_panics_is_a_refusal() {
    let mut empty: Vec<u8> = Vec::new();
    assert_eq!(guarded(|| empty.drain(..9).count()), None);
    assert_eq!(guarded(|| 7), Some(7));
}

#[test]
fn a_jpeg_that_ends_before_its_picture_is_hashed_and_says_so() {
    let mut jpeg = Vec::new();
    let shape = rectangles(300, 220, 12);
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 90);
    encoder.write_image(&shape.rgb, 300, 220, ExtendedColorType::Rgb8).expect("an encoder");
    assert_eq!(perceived(&[&jpeg[..], b"more"].concat()).normalised, "nothing");
    let half = perceived(&jpeg[..jpeg.len() / 2]);
    assert_eq!(half.normalised, "the file ends before its picture");
    assert!(half.stored.full.upright().hash.distance(plain(&shape, Profile::Full)) > 31);
}

fn files() -> Vec<Vec<u8>> {
    let shape = rectangles(48, 40, 11);
    let formats = [
        ImageFormat::Png,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Jpeg,
    ];
    let mut files: Vec<Vec<u8>> = formats.iter().map(|format| written(&image(&shape), *format)).collect();
    files.push(with_exif(
        &shape,
        &[(exif::Tag::Orientation, exif::Value::Short(vec![6])), (exif::Tag::Make, ascii("m"))],
    ));
    files.extend(samples().into_iter().map(|(_, _, _, bytes)| bytes));
    files
}

#[test]
fn a_file_that_ends_anywhere_gives_a_hash_or_a_refusal() {
    let limits = Limits { pixels: 1 << 20, memory_bytes: 16 << 20 };
    for file in files() {
        for end in (0..file.len()).step_by(file.len() / 60 + 1) {
            let _ = format!("{:?}", take(&file[..end], limits));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_damaged_file_gives_a_hash_or_a_refusal_within_the_limits(
        which in 0_usize..13,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut files = files();
        let file = &mut files[which];
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let limits = Limits { pixels: 1 << 20, memory_bytes: 16 << 20 };
        let record = take(file, limits);
        if let Ok(perceived) = &record.perceived {
            prop_assert!(u64::from(perceived.width) * u64::from(perceived.height) <= limits.pixels);
        }
        prop_assert_ne!(record.perceived, Err(NotPerceived::Stopped));
    }
}
