import { testRule } from "../../testing";
import { lambdaRuntime } from "./lambdaRuntime";

const type = "aws:lambda/function:Function";

testRule(lambdaRuntime, {
    pass: {
        "a current runtime": { type, props: { runtime: "nodejs22.x" } },
        "a container image": { type, props: { packageType: "Image" } },
    },
    fail: {
        "a deprecated runtime": [{ type, props: { runtime: "nodejs16.x" } }, /not nodejs16\.x/],
        "no runtime": [{ type, props: {} }, /set runtime/],
    },
});
