// A reporter for vitest: names the tests that passed only when they were repeated, so that none of them stays unseen.

export default class RepeatedTests {
  #names = [];

  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky) this.#names.push(`${test.module.relativeModuleId}: ${test.fullName}`);
  }

  onTestRunEnd() {
    for (const name of this.#names) console.log(`Passed only when repeated: ${name}`);
  }
}
