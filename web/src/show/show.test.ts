import { expect, test } from "vitest";
import { bytes, log10, share, shortDigest, whole } from "./number";
import { clock, duration, instant } from "./time";

test("numbers have separators in both languages", () => {
  expect(whole(1904, "it")).toBe("1.904");
  expect(whole(1904, "en")).toBe("1,904");
  expect(whole(11_700_000, "it")).toBe("11.700.000");
  expect(share(0.853, "it").replace(/\s/, " ")).toBe("85,3%");
});

test("a strength has its sign, and nothing has none", () => {
  expect([4.04, 0, -0.04, -1.26].map((n) => log10(n, "en"))).toEqual(["+4.0", "0.0", "0.0", "−1.3"]);
  expect(log10(2.5, "it")).toBe("+2,5");
});

test("sizes", () => {
  expect([0, 999, 1500, 512_000_000_000].map((n) => bytes(n, "en"))).toEqual(["0 byte", "999 byte", "1.5 kB", "512 GB"]);
});

test("a digest is shortened without its scheme", () => {
  expect(shortDigest("sha256:55acb19d7e6ac0ab612f9ca5")).toBe("55acb19d7e6a");
});

test.each([
  ["2026-11-23T08:37:10Z", "UTC", "en", "23 Nov 2026, 08:37:10 UTC"],
  ["2026-11-23T08:37:10Z", "Europe/Rome", "en", "23 Nov 2026, 09:37:10 CET"],
  ["2026-11-23T08:37:10Z", "Europe/Rome", "it", "23 nov 2026, 09:37:10 CET"],
  // The hour that comes twice is told apart by the name of its zone.
  ["2026-10-25T00:30:00Z", "Europe/Rome", "en", "25 Oct 2026, 02:30:00 CEST"],
  ["2026-10-25T01:30:00Z", "Europe/Rome", "en", "25 Oct 2026, 02:30:00 CET"],
] as const)("%s in %s (%s)", (at, zone, language, said) => expect(instant(at, zone, language)).toBe(said));

test("a day stays the day that the source wrote, whatever the zone", () => {
  expect(instant("2026-11-23", "Europe/Rome", "en", "day")).toBe("23 Nov 2026");
  expect(instant("2026-11-23", "UTC", "en", "day")).toBe("23 Nov 2026");
});

test("what is no time is shown as it came", () => {
  expect(instant("yesterday", "UTC", "en")).toBe("yesterday");
});

test("clocks", () => {
  expect(clock(new Date("2026-07-01T22:05:00Z"), "Europe/Rome", "it")).toEqual({ time: "00:05", zone: "CEST" });
});

test("lengths of time have two units at most", () => {
  expect(duration(0, "en")).toBe("0 secs");
  expect(duration(90_000, "en")).toBe("1 min, 30 secs");
  expect(duration(2 * 86_400_000 + 3_600_000 + 5_000, "en")).toBe("2 days, 1 hr");
  expect(duration(135 * 86_400_000 + 39_600_000, "en")).toBe("135 days");
  expect(duration(-3_600_000, "it")).toBe("1 h");
});
