import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { Map as Told } from "../../api/types";
import { Choice } from "../../shell/Choice";
import { Empty, Failed, Loading } from "../../parts/States";
import { usePrefs } from "../../prefs";
import { whole } from "../../show/number";
import { flag, maybe, oneOf, text, useView } from "../../view/params";
import { Screen } from "../Screen";
import { Drawn } from "./Drawn";
import css from "./Map.module.css";
import { Selected } from "./Selected";
import { ranked } from "./shares";
import { useWords } from "../../words";

const SHAPE = { as: oneOf(["map", "list"]), province: maybe, near: flag, q: text };

/** Which office acts: provinces with their leads, as a map and as a list. */
export default function Map() {
  const t = useWords();
  const { language } = usePrefs();
  const map = useQuery({ queryKey: ["map", language], queryFn: ({ signal }) => get("/api/v1/map", {}, signal) });
  const [{ as }, change] = useView(SHAPE);
  if (map.data === undefined) {
    return <Screen id="map">{map.isPending ? <Loading label={t("map.loading")} /> : <Failed error={map.error} onRetry={() => void map.refetch()} />}</Screen>;
  }
  return (
    <Screen
      id="map"
      actions={
        <Choice
          label={t("map.shownAs")}
          value={as}
          onChange={(next) => change({ as: next })}
          options={[
            { value: "map", face: t("map.map"), label: t("map.map") },
            { value: "list", face: t("map.list"), label: t("map.list") },
          ]}
        />
      }
    >
      <Provinces map={map.data} />
    </Screen>
  );
}

function Provinces({ map }: { map: Told }) {
  const t = useWords();
  const { language } = usePrefs();
  const [{ as, province, near, q }, change] = useView(SHAPE);
  const all = ranked(map.provinces);
  const placed = all.reduce((sum, one) => sum + one.all, 0);
  const estimated = all.reduce((sum, one) => sum + one.estimated, 0);
  const chosen = all.find((one) => one.province.code === province) ?? null;
  const word = q.toLowerCase();
  const found = all.filter(({ province: { code, name, region, office_name } }) => `${code} ${name} ${region} ${office_name ?? ""}`.toLowerCase().includes(word));
  return (
    <>
      <p role="status" className={css.summary}>
        {t("map.placed", { count: placed, said: whole(placed, language), estimated: whole(estimated, language) })}
        {" "}
        {t("map.elsewhere", { count: map.elsewhere, said: whole(map.elsewhere, language) })}
      </p>
      {placed + map.elsewhere === 0 ? (
        <Empty title={t("map.empty")} command="tutela analyse">
          {t("map.emptyNote")}
        </Empty>
      ) : null}
      <div className={css.split}>
        {as === "map" ? (
          <Drawn map={map} found={new Set(found.map((one) => one.province.code))} chosen={province} onChoose={(code) => change({ province: code })} near={near} onNear={(next) => change({ near: next })} />
        ) : (
          <div className={css.listBox}>
            <table className={css.list}>
              <thead>
                <tr>
                  <th scope="col">{t("map.province")}</th>
                  <th scope="col">{t("map.region")}</th>
                  <th scope="col">{t("map.office")}</th>
                  <th scope="col" data-numeric>{t("map.leads")}</th>
                  <th scope="col" data-numeric>{t("map.identified")}</th>
                  <th scope="col" data-numeric>{t("map.estimatedShort")}</th>
                </tr>
              </thead>
              <tbody>
                {found.map((one) => (
                  <tr key={one.province.code} data-chosen={one.province.code === province}>
                    <th scope="row">
                      <button type="button" className={css.choose} aria-pressed={one.province.code === province} onClick={() => change({ province: one.province.code })}>
                        {one.province.name} ({one.province.code})
                      </button>
                    </th>
                    <td>{one.province.region}</td>
                    <td>{one.province.office_name ?? t("entity.unknown")}</td>
                    <td data-numeric>{whole(one.all, language)}</td>
                    <td data-numeric>{whole(one.identified, language)}</td>
                    <td data-numeric>{whole(one.estimated, language)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {found.length === 0 ? <p className={css.quiet}>{t("grid.noneSuch")}</p> : null}
          </div>
        )}
        <Selected chosen={chosen} all={all} onClose={() => change({ province: null })} />
      </div>
    </>
  );
}
