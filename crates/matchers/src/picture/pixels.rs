//! Decoding, and bringing every kind of picture to bytes of grey or of red, green and blue.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::tiff::TiffDecoder;
use image::codecs::webp::WebPDecoder;
use image::error::ImageError;
use image::{ColorType, ExtendedColorType, ImageDecoder};

use crate::picture::{Format, Limits, NotPerceived};

/// A decoded picture. It does not leave the module above.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    /// 1 for grey, 3 for red, green and blue.
    pub(super) channels: usize,
    pub(super) bytes: Vec<u8>,
    /// What was done, in order.
    pub(super) steps: Vec<String>,
}

/// Bytes that decoders reserve for a pixel: a progressive JPEG keeps three coefficients of two bytes beside its result.
const BYTES_A_PIXEL: u64 = 9;

pub(super) fn decode(format: Format, bytes: &[u8], limits: Limits) -> Result<Pixels, NotPerceived> {
    let source = Cursor::new(bytes);
    match format {
        Format::Jpeg => read(JpegDecoder::new(source), format, bytes, limits),
        Format::Png => read(PngDecoder::with_limits(source, within(limits)), format, bytes, limits),
        Format::Gif => read(GifDecoder::new(source), format, bytes, limits),
        Format::Webp => read(WebPDecoder::new(source), format, bytes, limits),
        Format::Bmp => read(BmpDecoder::new(source), format, bytes, limits),
        Format::Tiff => read(TiffDecoder::new(source), format, bytes, limits),
        Format::Heif => Err(NotPerceived::Unsupported(format)),
    }
}

fn within(limits: Limits) -> image::Limits {
    let mut within = image::Limits::no_limits();
    within.max_alloc = Some(limits.memory_bytes);
    within
}

fn refused(error: &ImageError) -> NotPerceived {
    match error {
        ImageError::Limits(_) => {
            NotPerceived::TooLarge { limit: "memory".to_owned(), found: error.to_string() }
        }
        other => NotPerceived::Damaged(other.to_string()),
    }
}

fn read<D: ImageDecoder>(
    decoder: Result<D, ImageError>,
    format: Format,
    file: &[u8],
    limits: Limits,
) -> Result<Pixels, NotPerceived> {
    let mut decoder = decoder.map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels {
        let found = format!("{width} x {height}");
        return Err(NotPerceived::TooLarge { limit: format!("{} pixels", limits.pixels), found });
    }
    let needed = (decoder.total_bytes().saturating_mul(2)).max(pixels.saturating_mul(BYTES_A_PIXEL));
    if needed > limits.memory_bytes {
        let found = format!("{needed} bytes");
        return Err(NotPerceived::TooLarge { limit: format!("{} bytes", limits.memory_bytes), found });
    }
    decoder.set_limits(within(limits)).map_err(|error| refused(&error))?;
    let (colours, stated) = (decoder.color_type(), decoder.original_color_type());
    let profile = decoder.icc_profile().ok().flatten().is_some();
    let bytes = usize::try_from(decoder.total_bytes()).map_err(|_| NotPerceived::Stopped)?;
    let mut bytes = vec![0; bytes];
    decoder.read_image(&mut bytes).map_err(|error| refused(&error))?;
    let mut steps = said(format, file, stated);
    let channels = normalise(&mut bytes, colours, &mut steps)?;
    if profile {
        steps.push("colour profile ignored".to_owned());
    }
    Ok(Pixels { width, height, channels, bytes, steps })
}

/// What the decoder does by itself, as the file's own head tells.
fn said(format: Format, file: &[u8], stated: ExtendedColorType) -> Vec<String> {
    let mut steps = Vec::new();
    let mut step = |step: &str| steps.push(step.to_owned());
    match format {
        Format::Jpeg => {
            let head = JpegHead::of(file);
            match (head.components, head.adobe) {
                (4, Some(2)) => step("ycck to rgb"),
                (4, _) => step("cmyk to rgb"),
                _ => {}
            }
            if !head.ends {
                step("the file ends before its picture");
            }
        }
        // IHDR stands first (ISO 15948, 11.2.2): bits a sample and the type of colour follow its width and height.
        Format::Png => {
            if file.get(25) == Some(&3) {
                step("palette to rgb");
            } else if let Some(bits @ (1 | 2 | 4)) = file.get(24) {
                step(&format!("{bits} bits to 8"));
            }
        }
        Format::Gif => {
            step("palette to rgb");
            step("first frame");
        }
        // VP8X with the flag of an animation (RFC 9649, 2.7).
        Format::Webp
            if file.get(12..16) == Some(b"VP8X") && file.get(20).is_some_and(|flags| flags & 2 != 0) =>
        {
            step("first frame");
        }
        // The header's size and the bits of a pixel (BITMAPINFOHEADER).
        Format::Bmp if matches!(file.get(28), Some(1 | 4 | 8)) => step("palette to rgb"),
        Format::Tiff => match stated {
            ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16 => step("cmyk to rgb"),
            ExtendedColorType::L1 => step("1 bits to 8"),
            _ => {}
        },
        _ => {}
    }
    steps
}

/// What the markers of a JPEG tell (T.81, B.1.1.3 and B.2.2; Adobe technical note 5116).
#[derive(Default)]
struct JpegHead {
    /// Components of its frame.
    components: u8,
    /// The change of colours that Adobe's marker names.
    adobe: Option<u8>,
    /// Whether a marker of the end follows the first scan. Decoders fill with grey what is missing.
    ends: bool,
}

impl JpegHead {
    fn of(file: &[u8]) -> Self {
        let mut head = Self::default();
        let mut at = 2;
        while let Some([0xff, marker, high, low]) = file.get(at..at + 4) {
            match marker {
                // A byte of filling.
                0xff => {
                    at += 1;
                    continue;
                }
                // Frames of every process; DHT, JPG and DAC stand among their numbers.
                0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(marker) => {
                    head.components = file.get(at + 9).copied().unwrap_or(0);
                }
                0xee if file.get(at + 4..at + 9) == Some(b"Adobe") => head.adobe = file.get(at + 15).copied(),
                // From the first scan on the marker stands for nothing else.
                0xda => {
                    head.ends = file[at..].windows(2).rev().any(|bytes| bytes == [0xff, 0xd9]);
                    break;
                }
                _ => {}
            }
            at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
        }
        head
    }
}

/// Brings samples to bytes and drops alpha, in place; how many bytes a pixel then has.
fn normalise(
    bytes: &mut Vec<u8>,
    colours: ColorType,
    steps: &mut Vec<String>,
) -> Result<usize, NotPerceived> {
    match colours {
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            narrow(bytes, |[a, b]: [u8; 2]| {
                // Rounded: 65,535 is 257 times 255.
                let value = (u32::from(u16::from_ne_bytes([a, b])) + 128) / 257;
                u8::try_from(value).unwrap_or(u8::MAX)
            });
            steps.push("16 bits to 8".to_owned());
        }
        ColorType::Rgb32F | ColorType::Rgba32F => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "held within 0 to 255"
            )]
            narrow(bytes, |four: [u8; 4]| (f32::from_ne_bytes(four).clamp(0.0, 1.0) * 255.0).round() as u8);
            steps.push("floats to 8 bits".to_owned());
        }
        _ => {}
    }
    let (samples, kept) = match colours.channel_count() {
        samples @ 1..=2 => (usize::from(samples), 1),
        samples @ 3..=4 => (usize::from(samples), 3),
        other => return Err(NotPerceived::Damaged(format!("colours of {other} samples"))),
    };
    if samples > kept {
        // Not over black and not over white: the colours that the file has, as the reference's tools take them.
        let pixels = bytes.len() / samples;
        for pixel in 0..pixels {
            bytes.copy_within(pixel * samples..pixel * samples + kept, pixel * kept);
        }
        bytes.truncate(pixels * kept);
        steps.push("alpha dropped over nothing".to_owned());
    }
    Ok(kept)
}

/// Makes one byte of every `N`, in place.
fn narrow<const N: usize>(bytes: &mut Vec<u8>, sample: impl Fn([u8; N]) -> u8) {
    let samples = bytes.len() / N;
    for idx in 0..samples {
        let mut wide = [0; N];
        wide.copy_from_slice(&bytes[idx * N..(idx + 1) * N]);
        bytes[idx] = sample(wide);
    }
    bytes.truncate(samples);
}
