import { Kept } from "../Kept";

const TABLES = ["payment"];

/** Payments, as their tables have them. */
export default function Payments() {
  return <Kept id="payments" tables={TABLES} />;
}
