import type { Context } from "../context";
import { must, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { lambdaClient } from "./lambda-client";

const isLifecycle = (props: Props): boolean => str(props, "lifecycleScope") === "CRUD";

/** The input as the function gets it: over a lifecycle it is told what happens, and what its input was before. */
function payload(inputs: Props, action: string, before?: Props): string {
    if (!isLifecycle(inputs)) {
        return must(inputs, "input");
    }
    const key = str(inputs, "terraformKey") ?? "tf";
    const previous = before ? { prev_input: JSON.parse(must(before, "input")) as unknown } : {};
    return JSON.stringify({
        ...(JSON.parse(must(inputs, "input")) as object),
        [key]: { action, ...previous },
    });
}

async function call(ctx: Context, inputs: Props, text: string): Promise<string> {
    const { sdk, lambda } = await lambdaClient(ctx);
    const answer = await lambda.send(
        new sdk.InvokeCommand({
            FunctionName: must(inputs, "functionName"),
            Qualifier: str(inputs, "qualifier"),
            Payload: Buffer.from(text),
        }),
    );
    const result = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError) {
        throw new Error(`function ${must(inputs, "functionName")} failed: ${result}`);
    }
    return result;
}

/** A call of a function as a resource. */
export const invocation: ResourceEntry = {
    type: "aws:lambda/invocation:Invocation",
    properties: ["functionName", "input", "lifecycleScope", "qualifier", "terraformKey", "triggers"],
    declaredOnly: ["tenantId"],
    replaceOn: ["functionName", "qualifier"],
    async create(ctx, inputs) {
        const result = await call(ctx, inputs, payload(inputs, "create"));
        return { id: `${must(inputs, "functionName")}_${Date.now()}`, outs: { result } };
    },
    async update(ctx, { oldInputs, news }) {
        return isLifecycle(news)
            ? { result: await call(ctx, news, payload(news, "update", oldInputs)) }
            : { result: await call(ctx, news, must(news, "input")) };
    },
    async read(_ctx, _id, state) {
        return { outs: { result: str(state, "result") } };
    },
    async delete(ctx, _id, state) {
        if (isLifecycle(state)) {
            await call(ctx, state, payload(state, "delete", state));
        }
    },
};
