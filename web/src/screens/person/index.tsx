import { maybe, useView } from "../../view/params";
import { LeadList } from "./LeadList";
import { LeadPage } from "./LeadPage";

const VIEW = { lead: maybe };

/** The leads, or one of them with its reasoning. */
export default function Person() {
  const [{ lead }] = useView(VIEW);
  return lead === null ? <LeadList /> : <LeadPage key={lead} id={lead} />;
}
