//! raw speed
use tutela_hashing::kernels::*;
use std::time::Instant;
fn main() {
    let n: usize = std::env::args().nth(1).map_or(1024, |x| x.parse().unwrap());
    println!("failed: {:?}", Kernels::failed());
    for k in Kernels::passed() {
        let data: Vec<Vec<u8>> = (0..k.lanes()).map(|i| vec![i as u8; 16384]).collect();
        let mut all = 0.0;
        for h in [Hash::Md4, Hash::Md5, Hash::Sha1, Hash::Sha256] {
            let mut st = State::new();
            let mut best = f64::MAX;
            for _ in 0..5 {
                let t = Instant::now();
                for _ in 0..40 {
                    for at in (0..16384).step_by(n) {
                        let b: Vec<&[u8]> = data.iter().map(|d| &d[at..at + n]).collect();
                        k.many(h, &mut st, u32::MAX >> (32 - k.lanes()), &b);
                    }
                }
                best = best.min(t.elapsed().as_secs_f64());
            }
            let mb = (40 * 16384 * k.lanes()) as f64 / best / 1e6;
            all += 1.0 / mb;
            let mut bestone = f64::MAX;
            for _ in 0..5 {
                let t = Instant::now();
                for _ in 0..80 { k.one(&[h], &mut st, 0, &data[1]); }
                bestone = bestone.min(t.elapsed().as_secs_f64());
            }
            println!("{} {:?} {:.0} MB/s   one {:.0}", k.name(), h, mb, 80.0*16384.0/bestone/1e6);
        }
        let mut st = State::new();
        let mut best = f64::MAX;
        for _ in 0..5 {
            let t = Instant::now();
            for _ in 0..40 {
                for at in (0..16384).step_by(n) {
                    let b: Vec<&[u8]> = data.iter().map(|d| &d[at..at + n]).collect();
                    for h in [Hash::Md4, Hash::Md5, Hash::Sha1, Hash::Sha256] {
                    k.many(h, &mut st, u32::MAX >> (32 - k.lanes()), &b);
                    }
                }
            }
            best = best.min(t.elapsed().as_secs_f64());
        }
        let mb = (40 * 16384 * k.lanes()) as f64 / best / 1e6;
        let t = Instant::now();
        for _ in 0..400 { k.one(&[Hash::Md4, Hash::Md5, Hash::Sha1, Hash::Sha256], &mut st, 0, &data[1]); }
        println!("{} all four: {:.0} harmonic, {:.0} MB/s in one go; one {:.0}", k.name(), 1.0 / all, mb, 400.0*16384.0/t.elapsed().as_secs_f64()/1e6);
        let t = Instant::now();
        for _ in 0..400 { k.one(&[Hash::Md5, Hash::Sha1, Hash::Sha256], &mut st, 0, &data[1]); }
        println!("{} three: one {:.0}", k.name(), 400.0*16384.0/t.elapsed().as_secs_f64()/1e6);
    }
}
