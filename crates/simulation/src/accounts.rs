//! Accounts on three invented platforms, and what the platforms know of their holders: some of it checked, much of it
//! made up by the holder, some of it another person's.

use jiff::civil::Date;

use crate::clock::day_after_1940;
use crate::names::{family, given};
use crate::network::{LineId, Pool};
use crate::rng::Rng;
use crate::world::{Archetype, Person, SimOf, User, World};

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
    /// Index of the person who used it before it was sold to the first of them.
    pub seller: Option<usize>,
    /// The telephone on which it is used: 0 or 2, as in [`devices`].
    pub telephone: usize,
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

/// The devices of a user, by the numbers that platforms give them: a telephone, a computer, a second telephone. Two
/// users behind one line may have one computer.
#[must_use]
pub fn devices(world: &World, user: usize) -> [String; 3] {
    let device = |kind: char, user: usize, number: u64| {
        let mut rng = Rng::new(world.seed, &[30, user as u64, number]);
        format!("{kind}-{:016x}", rng.bits())
    };
    let computer_of = world.users[user].computer_of;
    [device('t', user, 0), device('c', computer_of, 1), device('t', user, 2)]
}

/// Of a thousand accounts, those with a nickname that somebody else uses too. An assumption.
const NICKNAMES_OF_OTHERS: u32 = 60;

/// All accounts, in the order of the users who hold them.
#[must_use]
pub fn accounts(world: &World) -> Vec<Account> {
    let mut all: Vec<Account> = Vec::new();
    for (idx, user) in world.users.iter().enumerate() {
        let mut rng = Rng::new(world.seed, &[37, idx as u64]);
        let habits = Habits::drawn(&mut rng);
        for (number, platform) in platforms(idx, user, &mut rng).into_iter().enumerate() {
            let mut account = new_account(world.seed, platform, all.len());
            if number > 0 && habits.keeps_nickname {
                account.nickname = variant(&habits.nickname, &mut rng);
            } else if number == 0 && habits.keeps_nickname {
                account.nickname.clone_from(&habits.nickname);
            }
            if rng.chance(NICKNAMES_OF_OTHERS)
                && let Some(other) = all.last()
            {
                let Account { nickname, .. } = other;
                account.nickname.clone_from(nickname);
            }
            account.holders.push(idx);
            account.seller = user.seller.filter(|_| number == 0).map(|seller| seller.person);
            account.telephone = if number > 0 && habits.second_telephone { 2 } else { 0 };
            account.selectors = selectors(world, idx, user, &habits, &account, &mut rng);
            if number > 0 && habits.shared_email.is_some() && rng.chance(300) {
                account.recovery_email.clone_from(&habits.shared_email);
            }
            all.push(account);
        }
    }
    for holders in sharing_pairs(world) {
        let mut account = new_account(world.seed, Platform::Agorachat, all.len());
        account.holders = holders.to_vec();
        let mut rng = Rng::new(world.seed, &[34, all.len() as u64]);
        account.selectors = vec![selector("email", throwaway(&mut rng), "yes")];
        account.selectors.push(selector("nickname", account.nickname.clone(), "no"));
        all.push(account);
    }
    all
}

/// What a user keeps from one account to the next.
struct Habits {
    /// Whether nicknames are reused, as they are or in variants.
    keeps_nickname: bool,
    nickname: String,
    /// An e-mail address made for several accounts.
    shared_email: Option<String>,
    /// Whether accounts after the first are used on a telephone of their own.
    second_telephone: bool,
}

impl Habits {
    fn drawn(rng: &mut Rng) -> Self {
        Self {
            keeps_nickname: rng.chance(400),
            nickname: nickname(rng),
            shared_email: rng.chance(500).then(|| format!("{}@example.com", nickname(rng))),
            second_telephone: rng.chance(150),
        }
    }
}

/// The platforms of a user's accounts. An operation begins with a report: the first account of all has one.
fn platforms(idx: usize, user: &User, rng: &mut Rng) -> Vec<Platform> {
    const PLATFORMS: [Platform; 3] = [Platform::Agorachat, Platform::Lumigram, Platform::Fotobox];
    const WEIGHTS: [u32; 3] = [36, 36, 28];
    let n = match user.archetype {
        Archetype::SeveralAccounts => 2 + rng.weighted(&[50, 35, 15]),
        _ => 1 + usize::from(rng.chance(100)),
    };
    let mut drawn: Vec<Platform> = Vec::new();
    while drawn.len() < n {
        let platform = PLATFORMS[rng.weighted(&WEIGHTS)];
        // A second account on one platform is rare.
        if idx == 0 && drawn.is_empty() {
            drawn.push(Platform::Agorachat);
        } else if !drawn.contains(&platform) || rng.chance(100) {
            drawn.push(platform);
        }
    }
    drawn
}

/// A nickname as it is used a second time.
fn variant(nickname: &str, rng: &mut Rng) -> String {
    match rng.below(4) {
        0 => nickname.to_owned(),
        1 => format!("{nickname}_"),
        2 => nickname.replace('.', "_"),
        _ => format!("{nickname}{}", rng.below(10)),
    }
}

/// Pairs of users of different households who use one more account together: one pair in eight of the simple ones.
fn sharing_pairs(world: &World) -> Vec<[usize; 2]> {
    let mut rng = Rng::new(world.seed, &[38]);
    let simple: Vec<usize> =
        (0..world.users.len()).filter(|idx| world.users[*idx].archetype == Archetype::OwnLine).collect();
    simple.chunks_exact(2).filter(|_| rng.chance(250)).map(|pair| [pair[0], pair[1]]).collect()
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
    Account {
        platform,
        id,
        nickname,
        birth_said,
        holders: vec![],
        seller: None,
        telephone: 0,
        selectors: vec![],
        recovery_email: None,
    }
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
fn selectors(
    world: &World,
    idx: usize,
    user: &User,
    habits: &Habits,
    account: &Account,
    rng: &mut Rng,
) -> Vec<Selector> {
    let mut held = contacts(world, user, habits, account, rng);
    let other = bystander(world, user, rng);
    match rng.below(5) {
        0 => held.push(selector("email", other.email, "no")),
        1 if held.iter().all(|held| held.kind != "phone") => {
            held.push(selector("phone", other.phone, "unknown"));
        }
        2 => held.push(selector("name", other.name.clone(), "no")),
        3 => {}
        _ => {
            let (given, _) = given(rng.bits());
            held.push(selector("name", format!("{given} {}", family(rng.bits())), "no"));
        }
    }
    held.push(selector("nickname", account.nickname.clone(), "no"));
    held.push(selector("birth_date", account.birth_said.to_string(), "no"));
    if account.seller.is_none() || rng.chance(500) {
        let devices = devices(world, idx);
        held.push(selector("device_id", devices[account.telephone].clone(), "yes"));
        if rng.chance(200) {
            held.push(selector("device_id", devices[1].clone(), "yes"));
        }
    }
    held
}

/// Telephone and e-mail of an account.
fn contacts(world: &World, user: &User, habits: &Habits, account: &Account, rng: &mut Rng) -> Vec<Selector> {
    let me = &world.people[user.person];
    let sim = user.sim.phone();
    if let Some(seller) = user.seller.filter(|_| account.seller.is_some()) {
        // Whoever buys an account seldom changes what stands in it.
        let mut of_seller = vec![selector("phone", seller.sim.phone(), "yes")];
        if rng.chance(500) {
            of_seller.push(selector("email", world.people[seller.person].email.clone(), "yes"));
        }
        return of_seller;
    }
    if let Some(line) = user.former_number.filter(|_| rng.chance(700)) {
        return vec![selector("phone", line.phone(), "yes")];
    }
    if user.is_teen && rng.chance(150) && world.family_contracts {
        let parent = user.home.map(|home| world.subscriber(home).email).unwrap_or_default();
        return vec![selector("email", parent, "yes")];
    }
    let made_up = || selector("email", format!("{}@example.com", account.nickname), "no");
    let is_careful = matches!(user.archetype, Archetype::OpenWifi | Archetype::ThirdPartySim);
    // The SIM's number, the own e-mail address, both, the own address unchecked, an address for several accounts, a
    // throwaway.
    let weights = if is_careful { [15, 3, 0, 2, 10, 70] } else { [44, 20, 10, 6, 10, 10] };
    match (rng.weighted(&weights), &habits.shared_email) {
        (0, _) => vec![selector("phone", sim, "yes"), made_up()],
        (1, _) => vec![selector("email", me.email.clone(), "yes")],
        (2, _) => vec![selector("phone", sim, "yes"), selector("email", me.email.clone(), "yes")],
        (3, _) => vec![selector("email", me.email.clone(), "unknown")],
        (4, Some(shared)) => vec![selector("email", shared.clone(), "yes")],
        _ => vec![selector("email", throwaway(rng), "yes")],
    }
}

/// An address of a service that gives one to anybody: verified, and worth nothing.
fn throwaway(rng: &mut Rng) -> String {
    format!("{:010x}@usa-e-getta.test", rng.bits() >> 24)
}

/// Somebody who did nothing and is near: mostly one whose line shares addresses with the user's, sometimes the holder
/// of the family's line.
fn bystander(world: &World, user: &User, rng: &mut Rng) -> Person {
    let near = user.home.unwrap_or(user.sim);
    if user.archetype == Archetype::FamilyLine && user.sim_of == SimOf::User && rng.chance(200) {
        return world.subscriber(near);
    }
    // Positions that no user has and that are no business's.
    let slot = if near.pool == Pool::CometaMobile { rng.between(20, 250) } else { rng.between(10, 20) };
    world.subscriber(LineId { slot: slot as u16, ..near })
}
