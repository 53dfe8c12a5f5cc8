import { useQuery } from "@tanstack/react-query";
import { Layers } from "lucide-react";
import { useMemo } from "react";
import { get } from "../../api/client";
import type { ReferralSoFar } from "../../api/types";
import { noteLook } from "../../api/rows";
import { Band, BANDS } from "../../parts/Band";
import { Masked } from "../../parts/Masked";
import { Place } from "../../parts/Place";
import { placeOf } from "../../parts/places";
import { RowsLink } from "../../parts/RowsLink";
import { Name } from "../../parts/Said";
import { Empty, Failed, Incomplete, Loading } from "../../parts/States";
import { useItems } from "../../parts/useItems";
import { When } from "../../parts/When";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { useNow } from "../../show/useNow";
import { useEntity } from "../../shell/entity";
import { flag, oneOf, text, useView } from "../../view/params";
import { Screen } from "../Screen";
import css from "./Intake.module.css";
import { Handling } from "./Handling";
import { type Bundle, bundled, holds, missingIn, soonOf, type Stated, statedIn, WANTED } from "./referrals";
import { useWords } from "../../words";

const GROUPS = [...BANDS, "none"] as const;
type Group = (typeof GROUPS)[number];
const SHAPE = { band: oneOf(["all", ...GROUPS]), due: oneOf(["all", "late", "week"]), of: text, q: text, open: flag };

const WEEK_MS = 7 * 86_400_000;

/** Referrals by how soon to act on the lead that their accounts belong to. */
export default function Intake() {
  const t = useWords();
  const { language } = usePrefs();
  const referrals = useQuery({ queryKey: ["referrals"], queryFn: ({ signal }) => get("/api/v1/referrals", {}, signal) });
  const [view, change] = useView(SHAPE);
  const now = useNow();
  const list = useItems<HTMLDivElement>();
  const all = useMemo(() => referrals.data?.referrals ?? [], [referrals.data]);
  const wanted = all.filter((one) => {
    const left_ms = one.act_by === null || one.act_by === undefined ? null : new Date(one.act_by).getTime() - now.getTime();
    const due = view.due === "all" || (left_ms !== null && (view.due === "late" ? left_ms < 0 : left_ms < WEEK_MS));
    return due && !(view.open && one.handled.assigned) && (view.of === "" || one.issuer === view.of) && holds(one, view.q);
  });
  const inGroup = (rows: readonly ReferralSoFar[], group: Group) => rows.filter((one) => (soonOf(one) ?? "none") === group);

  if (referrals.isPending) {
    return (
      <Screen id="intake">
        <Loading label={t("intake.loading")} />
      </Screen>
    );
  }
  if (referrals.data === undefined) {
    return (
      <Screen id="intake">
        <Failed error={referrals.error} onRetry={() => void referrals.refetch()} />
      </Screen>
    );
  }
  if (all.length === 0) {
    return (
      <Screen id="intake">
        <Empty title={t("intake.empty")} command="tutela import FILE">
          {t("intake.emptyNote")}
        </Empty>
      </Screen>
    );
  }
  const { total } = referrals.data;
  const issuers = [...new Set(all.map(({ issuer }) => issuer))].filter((one) => one !== "");
  const late = all.filter(({ act_by }) => act_by && new Date(act_by).getTime() < now.getTime()).length;
  return (
    <Screen
      id="intake"
      actions={
        <p className={css.count} role="status">
          <RowsLink table="referral" n={total}>
            {t("intake.referrals", { count: total })}
          </RowsLink>
          {late > 0 ? (
            <>
              {" · "}
              <button type="button" className={css.link} onClick={() => change({ band: "all", due: "late", of: "", q: "", open: false })}>
                {t("intake.late", { count: late, said: whole(late, language) })}
              </button>
            </>
          ) : null}
        </p>
      }
    >
      {total > all.length ? <Incomplete>{t("intake.cut", { shown: whole(all.length, language), total: whole(total, language) })}</Incomplete> : null}
      <div className={css.filters}>
        <div role="group" aria-label={t("intake.band")} className={css.bands}>
          {(["all", ...GROUPS] as const).map((group) => {
            const n = group === "all" ? wanted.length : inGroup(wanted, group).length;
            return (
              <button key={group} type="button" aria-pressed={view.band === group} onClick={() => change({ band: group })}>
                {group === "all" ? t("intake.all") : group === "none" ? t("intake.noLead") : t(`band.${group}`)} <span>{whole(n, language)}</span>
              </button>
            );
          })}
        </div>
        <label>
          {t("intake.term")}{" "}
          <select value={view.due} onChange={(event) => change({ due: SHAPE.due.read(event.currentTarget.value) })}>
            {(["all", "late", "week"] as const).map((one) => (
              <option key={one} value={one}>
                {t(`intake.due.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={view.open} onChange={(event) => change({ open: event.currentTarget.checked })} /> {t("intake.notAssigned")}
        </label>
        {issuers.length > 1 ? (
          <label>
            {t("intake.sender")}{" "}
            <select value={view.of} onChange={(event) => change({ of: event.currentTarget.value })}>
              <option value="">{t("grid.any")}</option>
              {issuers.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        ) : null}
      </div>
      <div ref={list} className={css.groups}>
        {GROUPS.filter((group) => view.band === "all" || view.band === group).map((group) => {
          const here = inGroup(wanted, group);
          if (here.length === 0) return null;
          return (
            <section key={group} aria-labelledby={`band-${group}`}>
              <h2 id={`band-${group}`} className={css.group}>
                {group === "none" ? t("intake.noLead") : <Band name={group} />}
                <span className={css.quiet}>{whole(here.length, language)} {t("intake.referrals", { count: here.length })}</span>
                {group === "none" ? <span className={css.quiet}>{t("intake.noLeadNote")}</span> : null}
              </h2>
              <ol className={css.list}>
                {bundled(here).map((bundle) => (
                  <BundleItem key={bundle.id} bundle={bundle} />
                ))}
              </ol>
            </section>
          );
        })}
        {wanted.length === 0 || (view.band !== "all" && inGroup(wanted, view.band).length === 0) ? (
          <Empty title={t("intake.noneSuch")} action={{ label: t("intake.clear"), onClick: () => change({ band: "all", due: "all", of: "", q: "", open: false }) }} />
        ) : null}
      </div>
      <p className={css.quiet}>{t("intake.order")}</p>
    </Screen>
  );
}

function BundleItem({ bundle: { why, referrals } }: { bundle: Bundle }) {
  const t = useWords();
  const { language } = usePrefs();
  const [first] = referrals;
  if (first === undefined) return null;
  if (referrals.length === 1) return <Referral referral={first} />;
  return (
    <li className={css.bundle}>
      <details>
        <summary data-item tabIndex={0}>
          <Layers size={14} aria-hidden /> {t(why === "together" ? "intake.together" : "intake.bundle", { count: referrals.length, said: whole(referrals.length, language) })}
          <span className={css.quiet}>
            {String(first.said["incident_type"] ?? "")} · {String(first.said["platform"] ?? "")}
          </span>
        </summary>
        <ol className={css.list}>
          {referrals.map((one) => (
            <Referral key={`${one.reference} ${one.source}`} referral={one} />
          ))}
        </ol>
      </details>
    </li>
  );
}

function Referral({ referral }: { referral: ReferralSoFar }) {
  const t = useWords();
  const { open } = useEntity();
  const { language } = usePrefs();
  const { said } = referral;
  const stated = statedIn(referral);
  const missing = missingIn(referral);
  const reveal = () => noteLook("referral");
  const free = [
    ["escalation", "intake.text.escalation"],
    ["text", "intake.text.text"],
    ["incident_at_note", "intake.text.note"],
    ["unknown_fields", "intake.text.unknown"],
  ] as const;
  const time = typeof said["incident_at"] === "string" ? said["incident_at"] : null;
  const lead = referral.lead ?? null;
  const accounts = referral.persons.filter((person) => typeof person["account"] === "string" || typeof person["screen_name"] === "string");
  return (
    <li className={css.referral} data-item tabIndex={-1}>
      <div className={css.who}>
        <h3>
          {referral.issuer ? referral.issuer.toUpperCase() : t("intake.senderUnknown")} {referral.reference}
        </h3>
        {soonOf(referral) && referral.act_by ? <Term actBy={referral.act_by} /> : null}
        <p>{typeof said["incident_type"] === "string" ? said["incident_type"] : <Unknown what={t("intake.wanted.incident_type")} />}</p>
        <p className={css.quiet}>
          {typeof said["platform"] === "string" ? said["platform"] : <Unknown what={t("intake.wanted.platform")} />}
          {" · "}
          {time === null ? <Unknown what={t("intake.wanted.incident_at")} /> : <When at={time} fine="minute" said={String(said["incident_at_said"] ?? "") || undefined} />}
        </p>
      </div>
      <div className={css.says}>
        <ul className={css.factors}>
          {stated
            .filter(({ state }) => state !== "unknown")
            .map((one) => (
              <Factor key={one.factor} stated={one} />
            ))}
        </ul>
        <p className={css.quiet}>
          <span aria-hidden>? </span>
          {t("intake.notSaid", { what: stated.filter(({ state }) => state === "unknown").map(({ factor }) => t(`intake.factor.${factor}`)).join(", ") })}
        </p>
        <ul className={css.persons}>
          {accounts.map((person, i) => (
            <li key={i}>
              {person["role"] ? t(`intake.role.${roleOf(person["role"])}`) : t("intake.role.unknown")}{" "}
              <Name>{String(person["account"] ?? person["screen_name"])}</Name>
              {typeof person["age"] === "number" ? ` · ${t("intake.age", { age: person["age"] })}` : ""}
            </li>
          ))}
        </ul>
        <p className={css.texts}>
          {free.flatMap(([column, label]) =>
            typeof said[column] === "string" && said[column] !== "" ? [<Masked key={column} label={t(label)} text={String(said[column])} onReveal={reveal} />] : [],
          )}
        </p>
      </div>
      <div className={css.known}>
        {lead === null ? (
          <p className={css.quiet}>{t("intake.noLeadYet")}</p>
        ) : (
          <p>
            <button type="button" className={css.open} data-open onClick={() => open({ kind: "lead", id: lead })}>
              {t("intake.openLead", { lead })}
            </button>
          </p>
        )}
        <p className={referral.also_named > 0 ? css.strong : css.quiet}>
          {referral.also_named > 0 ? t("intake.known", { count: referral.also_named, said: whole(referral.also_named, language) }) : t("intake.knownNone")}
        </p>
        <p>
          {missing.length === 0
            ? t("intake.complete")
            : t("intake.missing", { n: WANTED.length - missing.length, of: WANTED.length, what: missing.map((one) => t(`intake.wanted.${one}`)).join(", ") })}
        </p>
        <p className={css.rows}>
          <span data-evidence>
            <Place place={placeOf(referral.place, referral.source)} name={referral.file} />
          </span>
          {referral.reference === "" ? null : (
            <>
              <RowsLink table="reported_person" filter={{ reference: `=${referral.reference}` }} n={referral.persons.length}>
                {t("intake.personRows", { count: referral.persons.length })}
              </RowsLink>
              <RowsLink table="reported_file" filter={{ reference: `=${referral.reference}` }} n={referral.files}>
                {t("intake.fileRows", { count: referral.files })}
              </RowsLink>
            </>
          )}
        </p>
      </div>
      <Handling referral={referral} />
    </li>
  );
}

const ROLES = ["reported", "intended_recipient", "victim", "associated"] as const;
const roleOf = (said: unknown) => ROLES.find((one) => one === said) ?? "unknown";

function Term({ actBy }: { actBy: string }) {
  const t = useWords();
  const now = useNow();
  const late = new Date(actBy).getTime() < now.getTime();
  return (
    <p className={css.term} data-late={late}>
      {t(late ? "intake.actWas" : "intake.actBy")} <When at={actBy} fine="minute" />
    </p>
  );
}

const Unknown = ({ what }: { what: string }) => {
  const t = useWords();
  return <span className={css.unknown}>{t("intake.unknown", { what })}</span>;
};

/** What the referral says of a factor, in its own measure: a plus is "it states so", a minus "it states not". */
function Factor({ stated: { factor, state, n, words, ages } }: { stated: Stated }) {
  const t = useWords();
  const { language } = usePrefs();
  const detail = factor === "harmed" ? [n !== undefined && n > 1 ? whole(n, language) : "", ages && ages.length > 0 ? t("intake.ages", { ages: ages.join(", ") }) : t("intake.ageUnknown")].filter(Boolean).join(", ") : words;
  return (
    <li data-state={state} className={css.factor}>
      <span aria-hidden>{state === "yes" ? "+" : "−"}</span>
      <span>
        {state === "no" ? `${t("intake.statesNot")} ` : ""}
        {t(`intake.factor.${factor}`)}
        {detail ? `: ${detail}` : ""}
      </span>
    </li>
  );
}
