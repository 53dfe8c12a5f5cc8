import { Kept } from "../Kept";

const TABLES = ["transfer", "message", "sighting", "shared_file", "peer_contact"];

/** What went from whom to whom, as its tables have it. */
export default function Exchange() {
  return <Kept id="exchange" tables={TABLES} />;
}
