import assert from "node:assert/strict";
import { AddressInfo, createServer, Server } from "node:net";
import { choosePort, isFree } from "./ports";

const VARIABLE = "SYNTHETICSUN_TEST_PORT";

describe("ports", () => {
    let other: Server;
    let taken: number;
    beforeEach(async () => {
        other = createServer();
        await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
        taken = (other.address() as AddressInfo).port;
    });
    afterEach(() => {
        delete process.env[VARIABLE];
        other.close();
    });

    it("uses the last one again while it is free, else another", async () => {
        const free = await choosePort(VARIABLE, undefined);
        assert.ok(await isFree(free));
        assert.equal(await choosePort(VARIABLE, free), free);
        assert.notEqual(await choosePort(VARIABLE, taken), taken);
    });

    it("refuses a fixed one that is taken, naming it and the variable", async () => {
        process.env[VARIABLE] = String(taken);
        await assert.rejects(choosePort(VARIABLE, undefined), (error: Error) => {
            assert.equal(error.name, "ToolError");
            assert.ok(error.message.includes(String(taken)) && error.message.includes(VARIABLE));
            return true;
        });
    });

    it("refuses what is no port", async () => {
        process.env[VARIABLE] = "http";
        await assert.rejects(choosePort(VARIABLE, undefined), /SYNTHETICSUN_TEST_PORT=http is not a port/);
    });
});
