import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "../src/find/search";
import { withFirst } from "../src/remember";
import { serviceClasses } from "../src/start/estate";

test("what was typed is marked where it stands, whatever its case", () => {
    assert.deepEqual(marked("Booking API", "bOOk"), ["", "Book", "ing API"]);
    assert.deepEqual(marked("Booking API", "api"), ["Booking ", "API", ""]);
    assert.deepEqual(marked("Booking", "x"), ["Booking", "", ""]);
    assert.deepEqual(marked("Booking", ""), ["Booking", "", ""]);
});

test("what was opened last stands first, once, and the oldest is forgotten", () => {
    const one = (key: string) => ({ key, name: key, class: "C" });
    let list = ["a", "b", "c"].reduce((all, key) => withFirst(all, one(key), 3), [] as ReturnType<typeof one>[]);
    assert.deepEqual(list.map(({ key }) => key), ["c", "b", "a"]);
    list = withFirst(withFirst(list, one("a"), 3), one("d"), 3);
    assert.deepEqual(list.map(({ key }) => key), ["d", "a", "c"]);
});

test("services are the classes below the service layer, else those called so", () => {
    const classes = [{ name: "Item" }, { name: "ServiceLayer", parent: "Item" }, { name: "BusinessService", parent: "ServiceLayer" }, { name: "Flight", parent: "BusinessService" }, { name: "NetworkService", parent: "Item" }];
    assert.deepEqual(serviceClasses({ classes, relationship_types: [] }, ["Item", "Flight", "NetworkService", "BusinessService"]), ["Flight", "BusinessService"]);
    assert.deepEqual(serviceClasses({ classes: [], relationship_types: [] }, ["Server", "WebService"]), ["WebService"]);
    const round = [{ name: "A", parent: "B" }, { name: "B", parent: "A" }];
    assert.deepEqual(serviceClasses({ classes: round, relationship_types: [] }, ["A"]), []);
});
