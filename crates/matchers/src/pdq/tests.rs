//! The hash against what the reference gives, and against itself turned.

use proptest::prelude::*;

use super::*;
use crate::shapes::{Noise, Shape, flat, gradient, noise, rectangles};

/// Hashes and qualities that the reference's own code gives for these pictures (facebook/ThreatExchange `baefb4e`, compiled
/// as it is and fed the same bytes; for `ref512` thinned beforehand). pdqhash 0.2.8 for Python gives the same but for the
/// gradient in colour, whose brightness it takes in doubles.
const REFERENCE: &[(&str, Profile, u8, &str)] = &[
    ("flat grey", Profile::Full, 0, "0000113400002c4b2c4b11342c4b82002c4b00002c4b2c4b2c4b820007d0c09c"),
    ("flat", Profile::Full, 0, "0000113400002c4b2c4b11342c4b82002c4b00002c4b2c4b2c4b820007d0c09c"),
    ("gradient grey", Profile::Full, 44, "bb4592cd555aed2ad56a96ead68aaaa6964e77966aa8997d642b50c912a54295"),
    ("gradient", Profile::Full, 6, "75ff2200f4af6755a0ab060ab5ae275dadf77a00b4ab3a35c4e25b42b5ae1a42"),
    ("64 x 64 grey", Profile::Full, 100, "56485de6bd343d21e92ceb6a76c1f9ddd90f6e91a9d1b08a111942d6792539a4"),
    ("64 x 64", Profile::Full, 100, "c112cd228d5ead200654ecea26c1b5c6fe8b3de5c8cf343a9d19349e5baed8e8"),
    ("9 x 5 grey", Profile::Full, 100, "e9d0fb40162f04bf4e585c88e9d8a3f7b7a7fb40e9d0fb40162f04bf4a585c88"),
    ("9 x 5", Profile::Full, 100, "4b725b4bb48da4b404bf8e1d067231e6f9c15b4b4b72db49b48da4b4063fce19"),
    (
        "513 x 300 grey",
        Profile::Full,
        100,
        "3f5247871d33fb34a348d86ef4c57805b57906c6d8a43683149be9b41b7753b0",
    ),
    (
        "513 x 300 grey",
        Profile::Ref512,
        100,
        "3f5847a70f33f234b3589afe768ee981251106d39c3426c011bfe9be1b744b25",
    ),
    ("513 x 300", Profile::Full, 100, "7ed053831fb25534f34c92a7274b6703b531b687fda16483b1094090df33dfa6"),
    ("513 x 300", Profile::Ref512, 100, "72d0d7835fb25714b34c98a7270e65432791b6e7f9a941817429e3b59f320f26"),
    (
        "640 x 480 grey",
        Profile::Full,
        100,
        "a59c54b353ed555a0149b05e03fcb4be05a173dc2d694aabdaa80ca3fc129fd6",
    ),
    (
        "640 x 480 grey",
        Profile::Ref512,
        100,
        "a59c54b353edd55a0149b05e03fcb4be05a1775c2d6908abdaa80ca3fc12dfd6",
    ),
    ("640 x 480", Profile::Full, 100, "4ab1285e042b1559147a4de91a570df034be0d7176baabb8ab71f29e7eb25529"),
    ("640 x 480", Profile::Ref512, 100, "4ab1285e042b9559147a4de91a570df034be0d7176ba2bb8ab71f29e7eb25529"),
    (
        "200 x 331 grey",
        Profile::Full,
        100,
        "425b003f003e001edd89fda0ff81f24efec9ffa0ef8122ef07a5a5268da10fd9",
    ),
    ("200 x 331", Profile::Full, 100, "005e0016409f40167cbb3d34fe28fac9ff688fa9bee8abe9a3e505e40dad7e09"),
    (
        "512 x 512 grey",
        Profile::Full,
        100,
        "02eb4d964ae92496a2adcd7e95fd05075203fd5afaf0be024a0582a9f5745aeb",
    ),
    ("512 x 512", Profile::Full, 100, "013e76b44a7ea28db4becb2d057f04b4eb48554afeb0ed007a800025b5fdfee9"),
    ("512 x 512", Profile::Ref512, 100, "013e76b44a7ea28db4becb2d057f04b4eb48554afeb0ed007a800025b5fdfee9"),
    (
        "33 x 1500 grey",
        Profile::Full,
        100,
        "101e049bc26b643bda6b64781c437cd83945ed989ba9679cbbbd8301e77498e7",
    ),
    (
        "33 x 1500 grey",
        Profile::Ref512,
        100,
        "141e04bbc26b60bbda6b44709c437cd83945ed989ba9671cbbbd0311e77498e7",
    ),
    ("33 x 1500", Profile::Full, 100, "99a365989e626f98df42ecb81e4be618029fe65834dca616fcf898e1f8f90306"),
    ("33 x 1500", Profile::Ref512, 100, "90a765d8be624f98df42e8f81e4be618029fe67024dca616f9f898e1faf1030e"),
    (
        "2100 x 700 grey",
        Profile::Full,
        100,
        "7d49ed66adbd0f260a3c4d13413e01479ba44c955fa4461c5342ed99fbe1b2e5",
    ),
    (
        "2100 x 700 grey",
        Profile::Ref512,
        100,
        "6dc9ed66adbd0f260a3d4d13403e01479ba44c955fa4465c5342cd99fbe1b2e5",
    ),
    ("2100 x 700", Profile::Full, 100, "61bd48337f980e272b82c523e972403741720db54be3050def0af7d8fbcab2dc"),
    ("2100 x 700", Profile::Ref512, 100, "71bd4c337f980e272b82c523e872403741720db54be30d0deb0af7d8facab2dc"),
];

/// The reference's eight hashes of the picture of 640 × 480 in the profile `full`, in its order.
const REFERENCE_TURNED: [&str; 8] = [
    "4ab1285e042b1559147a4de91a570df034be0d7176baabb8ab71f29e7eb25529",
    "001c7bd840bee558c75ac21c823eeaa685b6a0b7adfb24017cb5bd7b6aa649b6",
    "0fe40274517e3ad3412fe3434f02a35a61eba7db03ef0112fe2458342be7ff83",
    "4549d17215eb4ff2920f68b6d76b400cd0e30a1de8ae8eab29e017d13ff3e31c",
    "4ab1d7a1042b6a86147ab2161a57f20f34bef28e76ba5447ab710d617eb2aad6",
    "1fe47d0b517e400c412f18bc4f0258a561eb582423effeedfe24a7cb2be7007c",
    "001c842740be1aa7c75a3de3823e155985b65f48adfbdbfe7cb542846aa6b649",
    "05492e8d15cb300d920f8249d76baff390e3f5e2e8ae715429e0e82e3ff31ce3",
];

fn named(name: &str) -> Shape {
    match name {
        "flat" => flat(100, 100),
        "gradient" => gradient(300, 200),
        "64 x 64" => noise(64, 64, 4),
        "9 x 5" => noise(9, 5, 5),
        "513 x 300" => noise(513, 300, 8),
        "640 x 480" => rectangles(640, 480, 1),
        "200 x 331" => rectangles(200, 331, 3),
        "512 x 512" => rectangles(512, 512, 2),
        "33 x 1500" => rectangles(33, 1500, 6),
        "2100 x 700" => rectangles(2100, 700, 7),
        other => unreachable!("no picture of this name: {other}"),
    }
}

fn view(shape: &Shape) -> View<'_> {
    View::rgb(shape.width, shape.height, &shape.rgb).expect("a picture")
}

#[test]
fn hashes_and_qualities_are_those_of_the_reference_in_both_profiles() {
    for (name, profile, quality, hash) in REFERENCE {
        let shape = named(name.trim_end_matches(" grey"));
        let grey = shape.grey();
        let view = if name.ends_with(" grey") {
            View::grey(shape.width, shape.height, &grey).expect("a picture")
        } else {
            view(&shape)
        };
        let taken = super::hash(view, *profile);
        assert_eq!((taken.hash.hex().as_str(), taken.quality), (*hash, *quality), "{name}, {profile:?}");
        assert_eq!(hash_turned(view, *profile).upright(), taken, "{name}, {profile:?}");
    }
}

#[test]
fn the_eight_hashes_of_one_transform_are_those_of_the_reference() {
    let hashes = hash_turned(view(&named("640 x 480")), Profile::Full).hashes;
    assert_eq!(hashes.map(PdqHash::hex), REFERENCE_TURNED.map(str::to_owned));
}

/// The centres of tiles do not lie in their middle, so that a picture of sharp edges, when it is turned, has other points.
#[test]
fn turning_the_pixels_and_turning_the_transform_give_hashes_that_are_near() {
    for shape in [named("640 x 480"), named("200 x 331"), named("512 x 512")] {
        let of_transform = hash_turned(view(&shape), Profile::Full).hashes;
        for (idx, turn) in turn::ALL.into_iter().enumerate() {
            let of_pixels = super::hash(view(&shape).turned(turn), Profile::Full).hash;
            for (other, hash) in of_transform.iter().enumerate() {
                let distance = of_pixels.distance(*hash);
                assert_eq!(distance <= NEAR, other == idx, "{turn:?}, {:?}: {distance}", turn::ALL[other]);
            }
        }
    }
}

#[test]
fn a_hash_turned_by_itself_is_near_that_of_the_turned_picture() {
    let mut sum = 0;
    for seed in 0..12 {
        let shape = rectangles(256, 300, 100 + seed);
        let taken = hash_turned(view(&shape), Profile::Full);
        assert!(taken.quality >= QUALITY);
        for (hash, turn) in taken.hashes.iter().zip(turn::ALL) {
            let distance = turn.of_hash(taken.hashes[0]).distance(*hash);
            assert!(distance <= NEAR, "{seed}, {turn:?}: {distance}");
            sum += distance;
        }
    }
    assert!(sum / 84 <= 12, "on average {}", sum / 84);
}

#[test]
fn a_turn_of_pixels_puts_each_where_its_name_says() {
    // One row of two pixels below another, wide enough to be hashed: a bright corner at the top left.
    let mut shape = flat(64, 64);
    for (idx, pixel) in shape.rgb.chunks_exact_mut(3).enumerate() {
        let (x, y) = (idx % 64, idx / 64);
        pixel.fill(if x < 20 && y < 10 { 250 } else { 10 });
    }
    let bright = |turn: Turn| {
        let grid = grid(view(&shape).turned(turn), Profile::Full);
        let at = |row: usize, column: usize| shape.rgb[grid.rows[row] + grid.columns[column]] == 250;
        [at(0, 0), at(0, 63), at(63, 0), at(63, 63), at(5, 15), at(15, 5)]
    };
    let cases = [
        (Turn::Upright, [true, false, false, false, true, false]),
        (Turn::RotatedLeft, [false, false, true, false, false, false]),
        (Turn::Rotated180, [false, false, false, true, false, false]),
        (Turn::RotatedRight, [false, true, false, false, false, false]),
        (Turn::Flipped, [false, false, true, false, false, false]),
        (Turn::Mirrored, [false, true, false, false, false, false]),
        (Turn::Transposed, [true, false, false, false, false, true]),
        (Turn::Transversed, [false, false, false, true, false, false]),
    ];
    for (turn, corners) in cases {
        assert_eq!(bright(turn), corners, "{turn:?}");
    }
}

#[test]
fn the_turn_that_a_note_of_orientation_asks_for_undoes_how_the_camera_was_held() {
    for orientation in 1..=8 {
        let turn = Turn::of_exif(orientation).expect("one of eight");
        assert_eq!(turn.undone().undone(), turn);
        let hash = rectangle_hash();
        assert_eq!(turn.undone().of_hash(turn.of_hash(hash)), hash, "{orientation}");
    }
    assert_eq!([0, 9, 70_000].map(Turn::of_exif), [None; 3]);
}

fn rectangle_hash() -> PdqHash {
    super::hash(view(&named("200 x 331")), Profile::Full).hash
}

#[test]
fn pictures_of_less_than_five_pixels_have_no_hash() {
    let bytes = [7; 400];
    for (width, height) in [(4, 100), (100, 4), (1, 1)] {
        let view = View::grey(width, height, &bytes[..(width * height) as usize]).expect("a picture");
        let none = Taken { hash: PdqHash::of_limbs([0; 4]), quality: 0 };
        assert_eq!(super::hash(view, Profile::Full), none);
        assert_eq!(hash_turned(view, Profile::Ref512).upright(), none);
    }
    assert!(View::rgb(0, 9, &[]).is_none());
    assert!(View::rgb(3, 3, &bytes[..26]).is_none());
    assert!(View::grey(u32::MAX, u32::MAX, &bytes).is_none());
}

#[test]
fn a_hash_is_read_as_it_is_written_and_shown_to_nobody() {
    let hash = rectangle_hash();
    assert_eq!(PdqHash::parse(&hash.hex()), Ok(hash));
    assert_eq!(PdqHash::parse(&hash.hex().to_uppercase()), Ok(hash));
    let shown =
        format!("{hash:?} {:?} {:?}", hash_turned(view(&flat(9, 9)), Profile::Full), view(&flat(9, 9)));
    assert!(!shown.chars().filter(char::is_ascii_digit).collect::<String>().contains("005e"), "{shown}");
    assert!(hash.hex().as_bytes().windows(4).all(|digits| !shown.as_bytes().windows(4).any(|w| w == digits)));
    for (bad, characters) in
        [("", 0), ("12", 2), (&"g".repeat(64), 64), (&"a".repeat(65), 65), ("é".repeat(32).as_str(), 32)]
    {
        let error = PdqHash::parse(bad).expect_err("no hash");
        assert_eq!(error, NotAHash { characters });
    }
    let short = PdqHash::parse(&hash.hex()[1..]).expect_err("a digit is missing").to_string();
    assert!(!short.contains(&hash.hex()[1..9]), "{short}");
}

/// The filter as it is described, one point after the other: the sum of a window takes the next point, then gives one up.
fn plain_box(points: &[f32], size: usize) -> Vec<f32> {
    let half = size.midpoint(2);
    let mut sum = 0.0_f32;
    let mut out = Vec::new();
    for right in 0..points.len() + half - 1 {
        let mut window = size.min(right + 1);
        if let Some(point) = points.get(right) {
            sum += point;
        } else {
            window = size - (right + 1 - points.len());
        }
        if right >= size {
            sum -= points[right - size];
        }
        if right + 1 >= half {
            out.push(sum / window as f32);
        }
    }
    out
}

fn plain(shape: &Shape) -> Small {
    let (width, height) = (shape.width as usize, shape.height as usize);
    let luma = |pixel: &[u8]| {
        0.299_f32 * f32::from(pixel[0]) + 0.587_f32 * f32::from(pixel[1]) + 0.114_f32 * f32::from(pixel[2])
    };
    let mut points: Vec<f32> = shape.rgb.chunks_exact(3).map(luma).collect();
    for _ in 0..2 {
        for row in points.chunks_exact_mut(width) {
            row.copy_from_slice(&plain_box(row, width.div_ceil(128)));
        }
        for column in 0..width {
            let down: Vec<f32> = points.iter().skip(column).step_by(width).copied().collect();
            for (row, mean) in plain_box(&down, height.div_ceil(128)).into_iter().enumerate() {
                points[row * width + column] = mean;
            }
        }
    }
    std::array::from_fn(|i| {
        std::array::from_fn(|j| points[(2 * i + 1) * height / 128 * width + (2 * j + 1) * width / 128])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn rows_side_by_side_give_the_bits_that_one_after_the_other_give(
        width in 5_u32..400, height in 5_u32..400, seed in any::<u64>()
    ) {
        prop_assume!((width, height) != (64, 64));
        let shape = if seed % 2 == 0 { noise(width, height, seed) } else { rectangles(width, height, seed) };
        let grid = grid(view(&shape), Profile::Full);
        let expected = plain(&shape);
        prop_assert!(blur::shrink(&grid) == expected, "as the machine does it");
        prop_assert!(blur::blurred_by(&grid) == expected, "as every machine does it");
    }

    #[test]
    fn a_turn_of_bits_keeps_distances_and_is_undone(seed in any::<u64>()) {
        let mut noise = Noise(seed);
        let mut any = || PdqHash::of_limbs(std::array::from_fn(|_| noise.next()));
        let (a, b) = (any(), any());
        for turn in turn::ALL {
            prop_assert_eq!(turn.of_hash(a).distance(turn.of_hash(b)), a.distance(b));
            prop_assert_eq!(turn.undone().of_hash(turn.of_hash(a)), a);
        }
    }
}
