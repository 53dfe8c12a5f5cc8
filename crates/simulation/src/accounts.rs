//! Accounts on three invented platforms, and what the platforms know of their holders: some of it checked, much of it
//! made up by the holder, some of it another person's.

use jiff::civil::Date;

use crate::clock::day_after_1940;
use crate::names::{family, given};
use crate::network::{LineId, Pool};
use crate::rng::Rng;
use crate::world::{Archetype, Person, User, World};

/// The platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Reports in the XML of reporting companies.
    Agorachat,
    /// Reports nothing: known from its log only.
    Fotobox,
    /// Its reports arrive in the JSON that police receive.
    Lumigram,
}

impl Platform {
    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Agorachat => "agorachat",
            Self::Fotobox => "fotobox",
            Self::Lumigram => "lumigram",
        }
    }

    /// Whether a referral exists for each of its accounts.
    #[must_use]
    pub fn reports(self) -> bool {
        self != Self::Fotobox
    }
}

/// An identifier that a platform holds for an account.
#[derive(Clone, Debug)]
pub struct Selector {
    /// The kind, as in the table `selector`.
    pub kind: &'static str,
    /// The identifier.
    pub value: String,
    /// `yes`, `no` or `unknown`.
    pub verified: &'static str,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The platform.
    pub platform: Platform,
    /// The account's number or name there.
    pub id: String,
    /// The name that others see.
    pub nickname: String,
    /// The date of birth that the holder stated; nobody checked it.
    pub birth_said: Date,
    /// Indices of the users who use it.
    pub holders: Vec<usize>,
    /// What the platform holds.
    pub selectors: Vec<Selector>,
    /// A second e-mail address for lost passwords, where there is one.
    pub recovery_email: Option<String>,
}

impl Account {
    /// `platform/account`, as selectors name it.
    #[must_use]
    pub fn owner(&self) -> String {
        format!("{}/{}", self.platform.name(), self.id)
    }

    /// The first selector of a kind.
    #[must_use]
    pub fn selector(&self, kind: &str) -> Option<&Selector> {
        self.selectors.iter().find(|selector| selector.kind == kind)
    }
}

/// The devices of a user, by the numbers that platforms give them: a telephone and a computer.
#[must_use]
pub fn devices(seed: u64, user: usize) -> [String; 2] {
    let mut rng = Rng::new(seed, &[30, user as u64]);
    ["t", "c"].map(|kind| format!("{kind}-{:016x}", rng.bits()))
}

/// All accounts, in the order of the users who hold them.
#[must_use]
pub fn accounts(world: &World) -> Vec<Account> {
    use Platform::{Agorachat, Fotobox, Lumigram};
    let mut all = Vec::new();
    for (idx, user) in world.users.iter().enumerate() {
        let platforms: &[Platform] = match (user.archetype, (idx + user.ordinal) % 3) {
            (Archetype::SeveralAccounts, _) if user.ordinal % 3 == 1 => &[Lumigram, Fotobox],
            (Archetype::SeveralAccounts, _) => &[Agorachat, Lumigram, Fotobox],
            (_, 0) => &[Agorachat],
            (_, 1) => &[Lumigram],
            _ => &[Fotobox],
        };
        for platform in platforms {
            let mut account = new_account(world.seed, *platform, all.len());
            account.holders.push(idx);
            account.selectors = selectors(world, idx, user, all.len(), &account);
            if user.archetype == Archetype::SeveralAccounts && *platform == Lumigram {
                account.recovery_email = Some(shared_email(world, idx));
            }
            all.push(account);
        }
    }
    for holders in sharing_pairs(world) {
        let mut account = new_account(world.seed, Agorachat, all.len());
        account.holders = holders.to_vec();
        account.selectors = vec![selector("email", throwaway(world.seed, all.len()), "yes")];
        account.selectors.push(selector("nickname", account.nickname.clone(), "no"));
        all.push(account);
    }
    all
}

/// Pairs of users of different households who use one more account together: one pair in eight of the simple ones.
fn sharing_pairs(world: &World) -> Vec<[usize; 2]> {
    let simple: Vec<usize> =
        (0..world.users.len()).filter(|idx| world.users[*idx].archetype == Archetype::OwnLine).collect();
    // From the end, so that the first ones, who have the precedents, stay simple.
    let pairs: Vec<[usize; 2]> = simple.rchunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    let n = if simple.len() < 2 { 0 } else { (simple.len() / 8).max(1) };
    pairs.into_iter().take(n).collect()
}

fn new_account(seed: u64, platform: Platform, number: usize) -> Account {
    let mut rng = Rng::new(seed, &[31, number as u64]);
    let nickname = nickname(&mut rng);
    let id = match platform {
        Platform::Agorachat => {
            format!("{}", 10_000_000 + (number as u64 * 7_919 + rng.bits() % 7_919) % 60_000_000)
        }
        Platform::Fotobox => format!("{nickname}.{number}"),
        Platform::Lumigram => format!("lg_{:08x}{number:04x}", rng.bits() >> 32),
    };
    let birth_said = day_after_1940(rng.between(21_000, 25_000));
    Account { platform, id, nickname, birth_said, holders: vec![], selectors: vec![], recovery_email: None }
}

fn nickname(rng: &mut Rng) -> String {
    const FIRST: [&str; 16] = [
        "luna", "vento", "mirtillo", "cometa", "falco", "onda", "sasso", "nebbia", "grillo", "pixel",
        "tuono", "cedro", "ambra", "zefiro", "quarzo", "lago",
    ];
    const SECOND: [&str; 12] = [
        "blu", "quieta", "nord", "lento", "verde", "storto", "alto", "vecchio", "chiaro", "di.sale", "rosso",
        "due",
    ];
    format!("{}.{}{}", rng.pick(&FIRST), rng.pick(&SECOND), rng.below(1000))
}

fn selector(kind: &'static str, value: String, verified: &'static str) -> Selector {
    Selector { kind, value, verified }
}

/// What the platform holds for a user's account: the ground that ties it to the user, where there is one, and what
/// leads to the wrong door.
fn selectors(world: &World, idx: usize, user: &User, number: usize, account: &Account) -> Vec<Selector> {
    let me = &world.people[user.person];
    let first_of_several = account.platform == Platform::Lumigram;
    let mut held = match user.archetype {
        Archetype::OwnLine if user.ordinal % 2 == 1 => vec![selector("email", me.email.clone(), "yes")],
        Archetype::SeveralAccounts if !first_of_several => {
            vec![selector("email", shared_email(world, idx), "yes")]
        }
        Archetype::OwnLine
        | Archetype::SeveralAccounts
        | Archetype::FamilyLine
        | Archetype::SharedLine
        | Archetype::WrongZone => vec![
            selector("phone", user.sim.phone(), "yes"),
            selector("email", format!("{}@example.com", account.nickname), "no"),
        ],
        Archetype::Concealing => vec![selector("email", me.email.clone(), "yes")],
        Archetype::OpenWifi | Archetype::ThirdPartySim => {
            vec![selector("email", throwaway(world.seed, number), "yes")]
        }
    };
    let mut rng = Rng::new(world.seed, &[32, number as u64]);
    let other = bystander(world, user, &mut rng);
    match number % 4 {
        0 => held.push(selector("email", other.email, "no")),
        1 if held.iter().all(|held| held.kind != "phone") => {
            held.push(selector("phone", other.phone, "unknown"))
        }
        2 => held.push(selector("name", other.name.clone(), "no")),
        _ => {
            let (given, _) = given(rng.bits());
            held.push(selector("name", format!("{given} {}", family(rng.bits())), "no"));
        }
    }
    held.push(selector("nickname", account.nickname.clone(), "no"));
    held.push(selector("birth_date", account.birth_said.to_string(), "no"));
    let [telephone, computer] = devices(world.seed, idx);
    held.push(selector("device_id", telephone, "yes"));
    if user.archetype == Archetype::SeveralAccounts {
        held.push(selector("device_id", computer, "yes"));
    }
    held
}

/// The e-mail address with which a user of several accounts registered them.
fn shared_email(world: &World, idx: usize) -> String {
    let mut rng = Rng::new(world.seed, &[33, idx as u64]);
    format!("{}@example.com", nickname(&mut rng))
}

/// An address of a service that gives one to anybody: verified, and worth nothing.
fn throwaway(seed: u64, number: usize) -> String {
    format!("{:010x}@usa-e-getta.test", Rng::new(seed, &[34, number as u64]).bits() >> 24)
}

/// Somebody who did nothing and whose line shares addresses with the user's.
fn bystander(world: &World, user: &User, rng: &mut Rng) -> Person {
    let near = user.home.unwrap_or(user.sim);
    // Positions that no user has and that are no business's.
    let slot = if near.pool == Pool::CometaMobile { rng.between(20, 250) } else { rng.between(10, 20) };
    world.subscriber(LineId { slot: slot as u16, ..near })
}
