import { createContext, useContext } from "react";
import { shortDigest } from "../show/number";
import { useTabStop } from "./DataGrid/tabStop";
import css from "./Place.module.css";
import { type PlaceOf, spot } from "./places";
import { useWords } from "../words";

/** Opens a place in the viewer of received files; null where there is no viewer. */
export const PlaceViewer = createContext<((place: PlaceOf) => void) | null>(null);

export interface PlaceProps {
  place: PlaceOf;
  /** The name under which the file was received; without it the digest stands. */
  name?: string;
}

/** The place of a row in a received file: file and spot, and the way there. */
export function Place({ place, name }: PlaceProps) {
  const t = useWords();
  const open = useContext(PlaceViewer);
  const tabIndex = useTabStop();
  const file = name ?? shortDigest(place.file);
  const text = (
    <>
      <span className={css.file}>{file}</span>
      <span className={css.spot}>{spot(place)}</span>
    </>
  );
  if (open === null) return <span className={css.place} title={place.file}>{text}</span>;
  return (
    <button
      type="button"
      className={css.place}
      title={place.file}
      tabIndex={tabIndex}
      aria-label={t("place.open", { place: `${file}${spot(place)}` })}
      onClick={(event) => {
        event.stopPropagation();
        open(place);
      }}
    >
      {text}
    </button>
  );
}
