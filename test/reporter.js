"use strict";
const { Spec } = require("mocha").reporters;

/** Mocha's own report, closed by one line that says how it went. */
module.exports = class ClosingLine extends Spec {
    epilogue() {
        super.epilogue();
        const { passes, failures, pending } = this.stats;
        const skipped = pending > 0 ? `, ${pending} skipped` : "";
        console.log(`${passes} passed, ${failures} failed${skipped}`);
    }
};
