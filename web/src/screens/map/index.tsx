import { Unbuilt } from "../Unbuilt";

export default function Map() {
  return <Unbuilt id="map" command="tutela leads" />;
}
