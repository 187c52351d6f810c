import { Fixture, testRule, UNKNOWN } from "../../testing";
import { lambdaDeadLetter } from "./lambdaDeadLetter";

function lambda(props: object): Fixture {
    return { type: "aws:lambda/function:Function", name: "collect", props };
}

function eventConfig(destinationConfig: object): Fixture {
    return {
        type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        name: "config",
        props: { functionName: UNKNOWN, destinationConfig },
        dependencies: { functionName: ["collect"] },
    };
}

testRule(lambdaDeadLetter, {
    pass: {
        "a dead-letter queue": lambda({ deadLetterConfig: { targetArn: UNKNOWN } }),
        "a destination for failures": [lambda({}), eventConfig({ onFailure: { destination: UNKNOWN } })],
        "a stack without functions": [],
    },
    fail: {
        "nothing said": [lambda({}), /deadLetterConfig/],
        "a destination for successes": [
            [lambda({}), eventConfig({ onSuccess: { destination: UNKNOWN } })],
            /deadLetterConfig/,
        ],
    },
});
