import { testRule } from "../../testing";
import { noPublicIpOnLaunch } from "./noPublicIpOnLaunch";

const type = "aws:ec2/subnet:Subnet";

testRule(noPublicIpOnLaunch, {
    pass: {
        "nothing said": { type, props: {} },
        "no public addresses": { type, props: { mapPublicIpOnLaunch: false } },
    },
    fail: { "public addresses": [{ type, props: { mapPublicIpOnLaunch: true } }, /mapPublicIpOnLaunch/] },
});
