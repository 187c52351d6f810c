import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules/all";

new PolicyPack("syntheticsun", { policies: [...rules], enforcementLevel: "mandatory" });
