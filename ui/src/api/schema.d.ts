// Made by `make ui-types` from what the server says of itself.
export interface paths {
    "/api/v1/access-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["access-log"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/access-prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["access-prune"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account-add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["account-add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account-close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["account-close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account-setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["account-setup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["accounts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alias": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["alias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/anchor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["anchor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["approve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["attention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["audit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bias": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["bias"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blame": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["blame"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blobs/lacking": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["lacking-blobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blobs/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["put-blob"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/check-completeness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["check-completeness"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["classes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/closure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["closure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/code-diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["code-diff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/column": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["column"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/column-map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["column-map"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/columns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["columns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/common": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["common"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compare-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["compare-runs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/consumers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["consumers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["data"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/delivered": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["delivered"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["deliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["demote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deploy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["deploy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["deployments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/derive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["derive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/describe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["describe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["diff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["drift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/environment": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["environment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/environment-diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["environment-diff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/erase-identity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["erase-identity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/event": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fix-thresholds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["fix-thresholds"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["fresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["history"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/impact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["impact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keep-scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["keep-scan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/kpi": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["kpi"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/leaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["leaks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["append-events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/mark": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get-mark"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/licence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["licence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["take-lineage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lineage/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["take-lineages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["follow-run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["lock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lock-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["lock-check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/member-add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["member-add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/member-remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["member-remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["members"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["models"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/moments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["moments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["moves"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/name": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["name"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/neighbourhood": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["neighbourhood"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["notice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openlineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["openlineage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/output": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["output"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/own": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["own"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/part-rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["part-rows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/path": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["path"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/paths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["paths"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["policy-check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policy-show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["policy-show"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["profile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/profile-keep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["profile-keep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/profile-missing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["profile-missing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/profile-source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["profile-source"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/promote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["promote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["prove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quality-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["quality-check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quality-cleansing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["quality-cleansing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quality-import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["quality-import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quality-pending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["quality-pending"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quality-show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["quality-show"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quality-suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["quality-suggest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recall-close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recall-close"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recall-remedy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recall-remedy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recall-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recall-status"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recalled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recalled"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recalls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recalls"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recipe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["recipe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/record": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["record"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reproduced": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["reproduced"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["resolve"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retire": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["retire"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["runs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/saved-model": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["saved-model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["series"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/serving": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["serving"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["begin-session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["show"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get-sign-in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["start-sign-in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["end-sign-in"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tag": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["tag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["timeline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/token-add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["token-add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/token-revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["token-revoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["tokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["trace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["traffic"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trained-rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["trained-rows"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tree": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["tree"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/undeploy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["undeploy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/validated": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["validated"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/validation-parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["validation-parts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/validations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["validations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["versions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/view-save": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["view-save"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["views"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/who-used": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["who-used"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["whoami"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get-alive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get-measures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get-ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AccessEntry: {
            /** @default null */
            about?: string | null;
            at: string;
            /** @default null */
            by?: string | null;
            /** @default null */
            client?: string | null;
            method: string;
            route: string;
            seq: number;
            status: number;
            /** @default null */
            token?: string | null;
            /** @default null */
            workspace?: string | null;
        };
        AccessLogRequest: {
            /** @default null */
            account?: string | null;
            /** @default null */
            before?: number | null;
            /** @default 50 */
            limit?: number;
            /** @default null */
            since?: string | null;
            /** @default false */
            verify?: boolean;
        };
        AccessLogResponse: {
            /** @default 1 */
            begins?: number;
            entries: components["schemas"]["AccessEntry"][];
            /** @default null */
            fault?: number | null;
            /** @default false */
            more?: boolean;
            /** @default false */
            verified?: boolean;
        };
        AccessPruneRequest: {
            keep: string;
        };
        AccessPruneResponse: {
            before: string;
            begins: number;
            removed: number;
        };
        AccountAddRequest: {
            /** @default null */
            issuer?: string | null;
            /**
             * @default user
             * @enum {unknown}
             */
            kind?: "service" | "user";
            name: string;
            /** @default null */
            subject?: string | null;
        };
        AccountCloseRequest: {
            name: string;
        };
        AccountEntry: {
            /** @default null */
            closed?: string | null;
            created: string;
            /** @enum {unknown} */
            kind: "service" | "user";
            name: string;
            /** @default [] */
            roles?: components["schemas"]["Grant"][];
            /** @default null */
            vouched?: string | null;
        };
        AccountsRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            limit?: number | null;
        };
        AccountsResponse: {
            accounts: components["schemas"]["AccountEntry"][];
            /** @default null */
            next?: string | null;
        };
        Action: {
            command: string;
            /** @default 1 */
            times?: number;
            /** @default  */
            words?: string;
        };
        Affected: {
            /** @default [] */
            aliases?: string[];
            /** @default [] */
            also?: string[];
            /** @default null */
            by_version?: string | null;
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            id: string;
            /** @enum {unknown} */
            kind: "consumer" | "deployment" | "model";
            /** @default false */
            live?: boolean;
            /** @default null */
            note?: string | null;
            /** @default [] */
            path?: string[];
            reason: string;
            status: ("accepted" | "done" | "open") | "nothing to do";
            title: string;
            /** @enum {unknown} */
            verdict: "disclose" | "none" | "quarantine" | "retrain";
            /** @default [] */
            way?: string[];
        };
        AliasRequest: {
            alias: string;
            /** @default null */
            expect?: number | null;
            /** @default null */
            kind?: ("data" | "model") | null;
            name: string;
            /** @default null */
            version?: number | null;
            /** @default null */
            why?: string | null;
        };
        AliasResponse: {
            alias: string;
            before: number | null;
            /** @enum {unknown} */
            kind: "data" | "model";
            name: string;
            version: number | null;
        };
        AliasRow: {
            alias: string;
            at: string;
            by: string;
            /** @enum {unknown} */
            kind: "data" | "model";
            name: string;
            seq: number;
            version: number | null;
            /** @default null */
            why?: string | null;
        };
        AnchorRequest: {
            root: string;
            size: number;
        };
        AnchorResponse: {
            message: string;
            size: number;
            well: boolean;
        };
        ApproveRequest: {
            /**
             * @default approved
             * @enum {unknown}
             */
            decision?: "approved" | "rejected";
            policy: string;
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            target: components["schemas"]["Target"];
            /** @default null */
            until?: string | null;
            /** @default null */
            why?: string | null;
        };
        ApproveResponse: {
            artifact: string;
            by: string;
            /** @enum {unknown} */
            decision: "approved" | "rejected";
            digest: string;
            outcomes: components["schemas"]["Outcome"][];
            policy: string;
            policy_digest: string;
            /** @default null */
            until?: string | null;
            version: string;
            /** @default null */
            why?: string | null;
        };
        ArtifactView: {
            card: components["schemas"]["Card"];
            derived: components["schemas"]["Tie"][];
            derived_from: components["schemas"]["Tie"][];
            gaps: string[];
            history: components["schemas"]["AliasRow"][];
            /** @default [] */
            kpis?: components["schemas"]["KpiEntry"][];
            /** @default null */
            life?: components["schemas"]["LifeFacts"] | null;
            locations: components["schemas"]["LocationRow"][];
            made_by: components["schemas"]["Deed"][];
            metrics: components["schemas"]["Figure"][];
            node: components["schemas"]["GraphNode"];
            /** @default null */
            profiled?: string | null;
            reproductions: components["schemas"]["Reproduction"][];
            same: string[];
            schema: components["schemas"]["Column"][];
            /** @enum {unknown} */
            thing: "artifact";
            title: string;
            used_by: components["schemas"]["Deed"][];
            /** @default [] */
            validations?: components["schemas"]["Validated"][];
            versions: components["schemas"]["VersionRow"][];
        };
        Asked: {
            requirement: string;
            said: boolean;
            setting: string;
            title: string;
        };
        At: {
            line: string | null;
            name: string;
            where: string | null;
        };
        AttentionRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default 60 */
            bar?: number;
            /** @default 14 */
            days?: number;
        };
        AttentionResponse: {
            concerns: components["schemas"]["Concern"][];
            gaps: string[];
            verdict: string;
        };
        AuditFinding: {
            asked: string;
            /** @default [] */
            evidence?: components["schemas"]["Evidence"][];
            requirement: string;
            short: string;
            /** @enum {unknown} */
            state: "failed" | "not applicable" | "passed" | "unknown" | "waived";
            title: string;
            /** @default [] */
            ways?: components["schemas"]["Action"][][];
            weight: number;
            /** @default  */
            why?: string;
            words: string;
        };
        AuditRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default false */
            evidence?: boolean;
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            /** @default null */
            target?: components["schemas"]["Target"] | null;
            /** @default 100 */
            wanted?: number;
        };
        AuditResponse: {
            at: string;
            /** @default [] */
            events?: components["schemas"]["EventRef"][];
            least: number | null;
            models: components["schemas"]["ModelAudit"][];
            seq: number;
            /** @default null */
            source?: string | null;
            verdict: string;
            wanted: number;
        };
        Badge: {
            /** @enum {unknown} */
            about: "drift" | "licence" | "quality" | "recall" | "validation";
            /** @enum {unknown} */
            status: "bad" | "good" | "unknown" | "warn";
            words: string;
        };
        BiasRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            data?: components["schemas"]["Target"] | null;
            groups: string[];
            /** @default null */
            positive?: string | null;
            target: components["schemas"]["Target"];
            /** @default 0.3 */
            threshold?: number;
        };
        BiasResponse: {
            biased: boolean | null;
            complete: boolean;
            figures: components["schemas"]["GroupTable"][];
            gaps: string[];
            root: string;
            source: string | null;
            stages: components["schemas"]["BiasStage"][];
            threshold: number;
            title: string | null;
            verdict: string;
        };
        BiasStage: {
            artifact: string;
            beyond: string[];
            changes: components["schemas"]["ShareChange"][];
            column: string;
            line: string | null;
            name: string;
            /** @default [] */
            operations?: components["schemas"]["Cut"][];
            step: string;
            title: string;
            where: string | null;
        };
        BlameRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            check?: string | null;
            /** @default null */
            column?: string | null;
            /** @default null */
            good?: components["schemas"]["Target"] | null;
            target: components["schemas"]["Target"];
        };
        BlameResponse: {
            artifact: string;
            /** @default [] */
            gaps?: string[];
            good: string | null;
            problems: components["schemas"]["Problem"][];
            title: string;
            verdict: string;
        };
        Bounded: {
            high: number;
            low: number;
            value: number;
        };
        Calls: {
            /** @default {} */
            callers?: {
                [key: string]: number;
            };
            calls: number;
            errors: number;
            first: string;
            /** @default null */
            half_ms?: number | null;
            last: string;
            /** @default null */
            most_ms?: number | null;
        };
        Card: {
            /** @default {} */
            checks?: {
                [key: string]: number;
            };
            /** @default [] */
            columns?: components["schemas"]["ColumnFact"][];
            /** @default true */
            columns_complete?: boolean;
            description: string | null;
            /** @default null */
            freshness?: components["schemas"]["FreshnessFact"] | null;
            incidents: components["schemas"]["IncidentFact"][];
            licences: components["schemas"]["LicenceFact"][];
            owners: components["schemas"]["OwnerFact"][];
            /** @default null */
            scan?: components["schemas"]["ScanFact"] | null;
            /** @default null */
            source?: string | null;
            /** @default [] */
            stops?: string[];
            tags: components["schemas"]["TagFact"][];
            terms: string[];
        };
        Change: {
            about: string;
            id: string;
            incident: components["schemas"]["Incident"];
            why: string;
        };
        CheckFigure: {
            /** @enum {unknown} */
            status: "error" | "failed" | "passed" | "skipped";
            /** @default null */
            value?: number | null;
            version: number | null;
        };
        CheckResult: {
            check: string;
            /** @default null */
            column?: string | null;
            /** @default null */
            expected?: unknown;
            /** @default null */
            measured?: unknown;
            /** @default  */
            message?: string;
            /** @default null */
            offending?: number | null;
            /** @default [] */
            positions?: number[];
            /**
             * @default error
             * @enum {unknown}
             */
            severity?: "error" | "info" | "warn";
            /** @enum {unknown} */
            status: "error" | "failed" | "passed" | "skipped";
            /** @default  */
            suite?: string;
            /** @default forebear */
            tool?: string;
        };
        CheckTrend: {
            id: string;
            message: string;
            /** @default null */
            offending?: number | null;
            over: components["schemas"]["CheckFigure"][];
            /** @default [] */
            positions?: number[];
            /** @enum {unknown} */
            severity: "error" | "info" | "warn";
        };
        Checked: {
            id: string;
            result: components["schemas"]["CheckResult"];
        };
        ClassFound: {
            column: string;
            count: number;
            /** @enum {unknown} */
            found_by: "checksum" | "declared" | "name" | "pattern";
            sensitivity: string;
            share: number;
        };
        ClassesRequest: Record<string, unknown>;
        ClassesResponse: {
            classes: string[];
            not_sensitive: string;
        };
        CleansingRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            suite?: string | null;
            target: components["schemas"]["Target"];
        };
        CleansingResponse: {
            artifact: string;
            /** @default [] */
            gaps?: string[];
            rows: number | null;
            stages: components["schemas"]["CleansingStep"][];
            title: string;
            verdict: string;
        };
        CleansingStep: {
            artifact: string;
            effects: components["schemas"]["Effect"][];
            into: string;
            into_rows: number | null;
            into_title: string;
            /** @default [] */
            operations?: components["schemas"]["Cut"][];
            rows: number | null;
            title: string;
            /** @default  */
            why_not?: string;
        };
        CloseRecallRequest: {
            /** @default false */
            force?: boolean;
            id: string;
            /** @default null */
            why?: string | null;
        };
        ClosureRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            depth?: number | null;
            /** @enum {unknown} */
            direction: "down" | "up";
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            /** @default [] */
            kinds?: string[];
            /** @default 1000 */
            limit?: number;
            target: components["schemas"]["Target"];
        };
        ClosureResponse: {
            complete: boolean;
            count: number;
            counts: number[];
            /** @enum {unknown} */
            direction: "down" | "up";
            nodes: components["schemas"]["GraphNode"][];
            omitted: number;
            root: string;
            roots: string[];
            verdict: string;
            /** @default 0 */
            withheld?: number;
        };
        CodeDiffRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default 3 */
            context?: number;
            left: components["schemas"]["Target"];
            right: components["schemas"]["Target"];
        };
        CodeDiffResponse: {
            files: components["schemas"]["FileDiff"][];
            left: string;
            right: string;
            verdict: string;
        };
        CodeFile: {
            digest: string;
            kept: boolean;
            path: string;
            /** @default [] */
            secrets?: string[];
            size: number;
            /** @default null */
            text?: string | null;
        };
        CodeRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            path?: string | null;
            target: components["schemas"]["Target"];
        };
        CodeResponse: {
            digest: string | null;
            files: components["schemas"]["CodeFile"][];
            /** @default {} */
            git?: Record<string, unknown>;
            name: string;
            run: string;
            verdict: string;
        };
        Column: {
            /** @default null */
            digest?: string | null;
            name: string;
            type: string;
        };
        ColumnAt: {
            /** @default null */
            fate?: string | null;
            name: string;
            /** @default [] */
            origins?: components["schemas"]["Origin"][];
            /** @default null */
            part?: ("feature" | "target" | "weight") | null;
            /** @default null */
            type?: string | null;
        };
        ColumnDrift: {
            /** @default 0 */
            bins?: number;
            /** @default null */
            by?: string | null;
            column: string;
            kind: string;
            /** @default {} */
            measures?: {
                [key: string]: components["schemas"]["Measure"];
            };
            /** @default [] */
            new?: string[];
            /**
             * @default [
             *       0,
             *       0
             *     ]
             */
            nulls?: [
                number,
                number
            ];
            /** @default null */
            p?: number | null;
            /** @default null */
            p_adjusted?: number | null;
            /** @default null */
            p_least?: number | null;
            /** @default [] */
            vanished?: string[];
            /** @enum {unknown} */
            verdict: "moderate" | "none" | "not compared" | "strong" | "unsure";
            /** @default  */
            why?: string;
        };
        ColumnFact: {
            /** @default null */
            count?: number | null;
            /** @default null */
            found_by?: ("checksum" | "declared" | "name" | "pattern") | null;
            /** @default false */
            inferred?: boolean;
            name: string;
            /** @default [] */
            path?: string[];
            /** @default null */
            sensitivity?: string | null;
            /** @default null */
            share?: number | null;
            /** @default null */
            source?: string | null;
            /** @default null */
            source_column?: string | null;
            /** @default null */
            text?: string | null;
            /** @default null */
            type?: string | null;
        };
        ColumnMapRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            model?: components["schemas"]["Target"] | null;
            targets: components["schemas"]["Target"][];
        };
        ColumnMapResponse: {
            gaps: string[];
            nodes: components["schemas"]["NodeColumns"][];
            verdict: string;
        };
        ColumnRequest: {
            column: string;
            /** @default false */
            remove?: boolean;
            /** @default null */
            sensitive?: string | null;
            target: components["schemas"]["Target"];
            /** @default null */
            text?: string | null;
        };
        ColumnUse: {
            becomes: string[];
            column: string;
            /** @enum {unknown} */
            evidence: "declared" | "inferred" | "observed" | "verified";
            /** @enum {unknown} */
            part: "feature" | "target" | "weight";
            source: string;
            through: components["schemas"]["FlowDeed"][];
        };
        ColumnView: {
            /** @default null */
            distinct?: components["schemas"]["Bounded"] | null;
            /** @default null */
            empties?: number | null;
            /** @default null */
            histogram?: components["schemas"]["Histogram"] | null;
            /** @default 0 */
            infinite?: number;
            /** @enum {unknown} */
            kind: "binary" | "boolean" | "date" | "decimal" | "duration" | "float" | "integer" | "nested" | "null" | "other" | "string" | "time" | "timestamp";
            /** @default null */
            kurtosis?: components["schemas"]["Bounded"] | null;
            /** @default null */
            lengths?: components["schemas"]["LengthView"] | null;
            /** @default null */
            max?: number | string | null;
            /** @default null */
            mean?: number | string | null;
            /** @default null */
            min?: number | string | null;
            name: string;
            /** @default 0 */
            nans?: number;
            /** @default null */
            negatives?: number | null;
            nulls: number;
            /** @default null */
            quantile_error?: number | null;
            /** @default {} */
            quantiles?: {
                [key: string]: number | string;
            };
            rows: number;
            /** @default null */
            skewness?: components["schemas"]["Bounded"] | null;
            /** @default null */
            std?: number | null;
            /** @default [] */
            top?: components["schemas"]["TopValue"][];
            types: string[];
            /** @default null */
            veiled?: string | null;
            /** @default null */
            zeros?: number | null;
        };
        ColumnsRequest: {
            /** @default null */
            as_of?: string | null;
            target: components["schemas"]["Target"];
        };
        ColumnsResponse: {
            columns: components["schemas"]["ColumnUse"][];
            complete: boolean;
            constants: string[];
            gaps: string[];
            root: string;
            sources: components["schemas"]["SourceTable"][];
            unused: components["schemas"]["UnusedColumn"][];
            verdict: string;
        };
        CommonRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            /** @default [] */
            kinds?: string[];
            /** @default 1000 */
            limit?: number;
            targets: components["schemas"]["Target"][];
        };
        CommonResponse: {
            common: components["schemas"]["SharedNode"][];
            complete: boolean;
            count: number;
            nodes: components["schemas"]["GraphNode"][];
            omitted: number;
            roots: string[];
            verdict: string;
            /** @default 0 */
            withheld?: number;
        };
        CompareRunsRequest: {
            /** @default null */
            as_of?: string | null;
            targets: components["schemas"]["Target"][];
        };
        CompareRunsResponse: {
            facts: components["schemas"]["ComparedFact"][];
            runs: components["schemas"]["ComparedRun"][];
            verdict: string;
        };
        ComparedFact: {
            differs: boolean;
            key: string;
            values: unknown[];
            /** @enum {unknown} */
            what: "code" | "data" | "environment" | "metric" | "parameter";
        };
        ComparedRun: {
            /** @default [] */
            command?: string[];
            ended: string | null;
            id: string;
            kind: string;
            /** @default [] */
            made?: string[];
            name: string;
            started: string;
            /** @enum {unknown} */
            status: "failed" | "finished" | "lost" | "running";
        };
        ComparisonSummary: {
            /** @default null */
            detectable?: number | null;
            difference: components["schemas"]["Estimate"];
            /** @default null */
            margin?: number | null;
            metric: string;
            other: components["schemas"]["Estimate"];
            p: number | null;
            /** @enum {unknown} */
            role: "baseline" | "challenger" | "champion";
            test: string;
            title: string;
            to: string;
            /** @enum {unknown} */
            verdict: "better" | "equivalent" | "not distinguishable" | "worse";
        };
        Completeness: {
            declared: number;
            figure: number;
            gaps: number;
            inferred: number;
            observed: number;
            verified: number;
        };
        CompletenessRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default 20000 */
            limit?: number;
            /** @default 1 */
            minimum?: number;
            target: components["schemas"]["Target"];
        };
        CompletenessResponse: {
            figure: number;
            gaps: string[];
            minimum: number;
            omitted: number;
            root: string;
            runs: components["schemas"]["RunShares"][];
            shares: components["schemas"]["SeenShare"][];
            unknown: components["schemas"]["FlowDeed"][];
            verdict: string;
            well: boolean;
        };
        Concern: {
            /** @default null */
            at?: string | null;
            command: string;
            /** @enum {unknown} */
            kind: "audit" | "drift" | "expiry" | "freshness" | "incident" | "quality" | "recall";
            ref: string;
            urgent: boolean;
            words: string;
        };
        ConsumerEntry: {
            /** @enum {unknown} */
            how: "calls" | "consumes" | "declared" | "loads" | "lock";
            /** @default null */
            id?: string | null;
            last: string;
            times: number | null;
            title: string;
            /** @default null */
            where?: string | null;
            who: string;
        };
        ConsumersRequest: {
            /** @default null */
            as_of?: string | null;
            target: components["schemas"]["Target"];
        };
        ConsumersResponse: {
            consumers: components["schemas"]["ConsumerEntry"][];
            deployments: components["schemas"]["Deployment"][];
            gaps: string[];
            title: string;
            verdict: string;
        };
        Correlation: {
            a: string;
            b: string;
            value: number;
        };
        Cut: {
            /** @default false */
            beside?: boolean;
            /** @default [] */
            by?: string[];
            line: string | null;
            name: string;
            rows_in: number | null;
            rows_out: number | null;
            /** @default 1 */
            times?: number;
            /** @default false */
            unknown?: boolean;
            where: string | null;
        };
        DataEntry: {
            aliases: {
                [key: string]: number;
            };
            artifact: string;
            /** @default {} */
            checks?: {
                [key: string]: number;
            };
            /** @default null */
            columns?: number | null;
            created: string;
            /** @default false */
            described?: boolean;
            digest: string;
            /** @default null */
            format?: string | null;
            /** @default null */
            freshness?: components["schemas"]["FreshnessFact"] | null;
            /** @default false */
            in_memory?: boolean;
            /** @default 0 */
            incidents?: number;
            /** @default [] */
            inherited?: string[];
            /** @enum {unknown} */
            kind: "data" | "model";
            /** @default null */
            label?: string | null;
            /** @default null */
            licence?: string | null;
            /** @default null */
            location?: string | null;
            /** @default [] */
            metrics?: components["schemas"]["Figure"][];
            name: string;
            /** @default [] */
            overridden?: number[];
            /** @default {} */
            owners?: {
                [key: string]: string;
            };
            /** @default null */
            rows?: number | null;
            run: string | null;
            /** @default [] */
            sensitive?: string[];
            /** @default null */
            size?: number | null;
            /** @default [] */
            tags?: string[];
            version: number;
            versions: number;
        };
        DataRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default null */
            limit?: number | null;
            /** @default null */
            missing?: ("checks" | "description" | "licence" | "owner") | null;
            /** @default null */
            name?: string | null;
            /** @default null */
            owner?: string | null;
            /** @default null */
            tag?: string | null;
        };
        DataResponse: {
            count: number;
            data: components["schemas"]["DataEntry"][];
            /** @default null */
            next?: string | null;
        };
        Deed: {
            /** @enum {unknown} */
            evidence: "declared" | "inferred" | "observed" | "verified";
            id: string;
            /** @default [] */
            inputs?: components["schemas"]["Tie"][];
            kind: string;
            name: string;
            /** @default {} */
            params?: Record<string, unknown>;
            role: string | null;
            /** @default null */
            run?: components["schemas"]["RunFacts"] | null;
            /** @default null */
            where?: string | null;
        };
        DeliveredRequest: {
            deliveries: components["schemas"]["Delivery"][];
            recall: string;
        };
        DeliveredResponse: {
            recorded: number;
        };
        DeliveriesRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default null */
            limit?: number | null;
        };
        DeliveriesResponse: {
            deliveries: components["schemas"]["DeliveryEntry"][];
            happenings: components["schemas"]["Told"][];
            /** @default null */
            next?: string | null;
        };
        Delivery: {
            /** @default 1 */
            attempts?: number;
            /** @enum {unknown} */
            channel: "command" | "email" | "webhook";
            /** @default null */
            error?: string | null;
            /** @enum {unknown} */
            happening: "closed" | "opened";
            /** @enum {unknown} */
            status: "delivered" | "failed";
            target: string;
        };
        DeliveryEntry: {
            at: string;
            delivery: components["schemas"]["Delivery"];
            recall: string;
        };
        DemoteRequest: {
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            /** @default null */
            stage?: string | null;
            target: components["schemas"]["Target"];
            /** @default null */
            why?: string | null;
        };
        DeployRequest: {
            /** @default null */
            endpoint?: string | null;
            env: string;
            /** @default null */
            schedule?: string | null;
            /** @default false */
            shadow?: boolean;
            /** @default null */
            share?: number | null;
            target: components["schemas"]["Target"];
            /** @default null */
            why?: string | null;
        };
        DeployResponse: {
            beside: components["schemas"]["Deployment"][];
            deployment: components["schemas"]["Deployment"];
            new: boolean;
            recalled: string[];
            replaced: components["schemas"]["Deployment"][];
            /** @default null */
            stage?: string | null;
            verdict: string;
        };
        Deployment: {
            /** @default null */
            by?: string | null;
            /** @default null */
            endpoint?: string | null;
            env: string | null;
            id: string;
            /** @enum {unknown} */
            mode: "batch" | "online" | "shadow";
            model: string | null;
            name: string | null;
            /** @default null */
            schedule?: string | null;
            share: number;
            since: string;
            /** @enum {unknown} */
            status: "failed" | "finished" | "lost" | "running";
            title: string;
            /** @default null */
            until?: string | null;
            /** @default null */
            usage?: components["schemas"]["Calls"] | null;
            version: number | null;
            /** @default null */
            why?: string | null;
        };
        DeploymentsRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default false */
            ended?: boolean;
            /** @default null */
            env?: string | null;
            /** @default null */
            limit?: number | null;
        };
        DeploymentsResponse: {
            deployments: components["schemas"]["Deployment"][];
            /** @default null */
            next?: string | null;
            notes: string[];
            verdict: string;
        };
        DeriveRequest: {
            child: components["schemas"]["Target"];
            parent: components["schemas"]["Target"];
            relation: string;
        };
        DeriveResponse: {
            child: string;
            parent: string;
            relation: string;
        };
        DescribeRequest: {
            target: components["schemas"]["Target"];
            /** @default null */
            text?: string | null;
        };
        DiffRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            left: components["schemas"]["Target"];
            /** @default 5000 */
            limit?: number;
            right: components["schemas"]["Target"];
        };
        DiffResponse: {
            columns: components["schemas"]["SchemaChange"] | null;
            complete: boolean;
            differences: components["schemas"]["Difference"][];
            left: components["schemas"]["GraphNode"];
            metrics: components["schemas"]["Measured"][];
            omitted: number;
            only_left: components["schemas"]["GraphNode"][];
            only_right: components["schemas"]["GraphNode"][];
            right: components["schemas"]["GraphNode"];
            same: boolean;
            shared: number;
            verdict: string;
            /** @default 0 */
            withheld?: number;
        };
        Difference: {
            left: string | null;
            /** @default null */
            left_id?: string | null;
            name: string;
            right: string | null;
            /** @default null */
            right_id?: string | null;
            /** @enum {unknown} */
            what: "code" | "environment" | "input" | "parameter" | "step";
            where: string;
        };
        DriftRequest: {
            /** @default null */
            as_of?: string | null;
            before: components["schemas"]["Target"];
            /** @default null */
            deployment?: string | null;
            /** @default null */
            now?: components["schemas"]["Target"] | null;
            /** @default null */
            on?: components["schemas"]["Target"] | null;
        };
        DriftResponse: {
            before: string;
            columns: components["schemas"]["ColumnDrift"][];
            /** @enum {unknown} */
            drift: "moderate" | "none" | "not compared" | "strong" | "unsure";
            /** @default [] */
            gaps?: string[];
            /** @default [] */
            new?: string[];
            now: string;
            rows: [
                number,
                number
            ];
            /** @default [] */
            vanished?: string[];
            verdict: string;
        };
        Effect: {
            after: string;
            before: string;
            /** @default [] */
            by?: number[];
            id: string;
            /** @default null */
            offending_after?: number | null;
            /** @default null */
            offending_before?: number | null;
            /** @enum {unknown} */
            word: "better" | "broken" | "fixed" | "not known" | "same" | "worse";
        };
        EnvironmentDiffRequest: {
            /** @default null */
            as_of?: string | null;
            left: components["schemas"]["Target"];
            right: components["schemas"]["Target"];
        };
        EnvironmentDiffResponse: {
            differences: components["schemas"]["FactDiff"][];
            left: string;
            right: string;
            same: number;
            verdict: string;
        };
        EnvironmentRequest: {
            /** @default null */
            as_of?: string | null;
            target: components["schemas"]["Target"];
        };
        EnvironmentResponse: {
            digest: string | null;
            /** @default {} */
            facts?: {
                [key: string]: string;
            };
            name: string;
            /** @default [] */
            packages?: components["schemas"]["Package"][];
            run: string;
            verdict: string;
        };
        EraseRequest: {
            name: string;
        };
        EraseResponse: {
            erased: string[];
            name: string;
            remaining: {
                [key: string]: number;
            };
        };
        Estimate: {
            /** @default null */
            high?: number | null;
            /** @default null */
            how?: string | null;
            /** @default null */
            low?: number | null;
            /** @default 0 */
            n?: number;
            value: number | null;
            /** @default null */
            why?: string | null;
        };
        EventRef: {
            at: string;
            id: string;
            seq: number;
            words: string;
        };
        EventRequest: {
            seq: number;
        };
        EventResponse: {
            at: string;
            body: unknown;
            id: string;
            seq: number;
            words: string;
        };
        Evidence: {
            command: string;
            /** @default null */
            seq?: number | null;
            words: string;
        };
        Fact: {
            /** @default [] */
            evidence?: components["schemas"]["Evidence"][];
            label: string;
            value: string | null;
        };
        FactDiff: {
            left: string | null;
            name: string;
            right: string | null;
            /** @enum {unknown} */
            what: "fact" | "package";
        };
        FairnessSummary: {
            /** @default [] */
            between?: string[];
            by: string;
            estimate: components["schemas"]["Estimate"];
            /** @default [] */
            left_out?: string[];
            metric: string;
        };
        Fault: {
            message: string;
            /** @enum {unknown} */
            what: "blob" | "database" | "event" | "missing-blob" | "projection" | "root" | "sequence";
            where: string;
        };
        Figure: {
            at: string;
            /** @default null */
            data?: string | null;
            /** @default null */
            data_name?: string | null;
            /** @enum {unknown} */
            evidence: "declared" | "inferred" | "observed" | "verified";
            key: string;
            /** @default null */
            model?: string | null;
            /** @default {} */
            params?: Record<string, unknown>;
            run: string;
            /** @default null */
            split?: string | null;
            /** @default null */
            step?: number | null;
            value: number | string;
        };
        FileDiff: {
            /** @default 0 */
            added?: number;
            /** @enum {unknown} */
            change: "added" | "changed" | "removed" | "same";
            /** @default [] */
            hunks?: components["schemas"]["Hunk"][];
            path: string;
            /** @default 0 */
            removed?: number;
            /** @default null */
            why?: string | null;
        };
        Finding: {
            at: components["schemas"]["At"];
            /** @default null */
            cause?: components["schemas"]["At"] | null;
            /** @default 0 */
            count?: number;
            /** @enum {unknown} */
            kind: "duplicates" | "multi-test" | "overlap" | "preprocessing" | "target" | "time";
            /** @default [] */
            rows?: number[];
            /** @default null */
            source?: string | null;
            words: string;
        };
        FixRequest: {
            /** @default [] */
            by?: string[];
            data: string;
            model: string;
            /** @default null */
            part?: string | null;
            /** @default [] */
            slices?: string[];
            thresholds: components["schemas"]["Threshold"][];
            /** @default null */
            weight?: string | null;
        };
        FixResponse: {
            changed: boolean;
            digest: string;
            /** @default null */
            since?: string | null;
        };
        FlowDeed: {
            name: string;
            step: string;
            /** @default false */
            unknown?: boolean;
            where: string | null;
        };
        Found: {
            above: components["schemas"]["Stop"][];
            artifact: string;
            name: string | null;
            step: string | null;
            sure: boolean;
            title: string;
            verdict: string;
            way: components["schemas"]["Stop"][];
            where: string | null;
        };
        FreshRequest: {
            /** @default null */
            every?: string | null;
            target: components["schemas"]["Target"];
        };
        FreshnessFact: {
            age_seconds: number;
            every_seconds: number | null;
            overdue: boolean;
        };
        Grant: {
            /** @enum {unknown} */
            role: "admin" | "approver" | "auditor" | "contributor" | "viewer";
            workspace: string;
        };
        GraphEdge: {
            /** @enum {unknown} */
            evidence: "declared" | "inferred" | "observed" | "verified";
            from: string;
            relation: string | null;
            role: string | null;
            /** @default null */
            slot?: string | null;
            to: string;
            /** @enum {unknown} */
            type: "derived" | "generated" | "used";
        };
        GraphNode: {
            /** @default [] */
            aliases?: string[];
            /** @default {} */
            attrs?: Record<string, unknown>;
            /** @default null */
            columns?: number | null;
            depth: number;
            digest: string | null;
            /** @default null */
            ended?: string | null;
            /** @default null */
            format?: string | null;
            id: string;
            /** @default false */
            in_memory?: boolean;
            kind: string;
            /** @default null */
            label?: string | null;
            /** @default null */
            location?: string | null;
            name: string | null;
            /** @default {} */
            params?: Record<string, unknown>;
            /** @default null */
            parent?: string | null;
            /** @default null */
            root?: string | null;
            /** @default null */
            rows?: number | null;
            /** @default null */
            size?: number | null;
            /** @default null */
            started?: string | null;
            /** @default null */
            status?: ("failed" | "finished" | "lost" | "running") | null;
            type: string;
            version: number | null;
            /** @default null */
            where?: string | null;
        };
        GroupFigures: {
            accuracy: components["schemas"]["Rate"] | null;
            false_positive: components["schemas"]["Rate"] | null;
            group: string;
            rows: number;
            selected: components["schemas"]["Rate"];
            true_positive: components["schemas"]["Rate"] | null;
        };
        GroupSummary: {
            by: string;
            /** @default {} */
            metrics?: {
                [key: string]: components["schemas"]["Estimate"];
            };
            n: number;
            /** @default false */
            small?: boolean;
            value: string;
        };
        GroupTable: {
            column: string;
            data: string;
            groups: components["schemas"]["GroupFigures"][];
            positive: string;
            predictions: string;
        };
        Happened: {
            at: string;
            /** @default null */
            by?: string | null;
            seq: number;
            /** @default null */
            until?: string | null;
            /** @default null */
            version?: number | null;
            /** @enum {unknown} */
            what: "alias" | "approval" | "deployment" | "figure" | "override" | "owner" | "policy" | "recall" | "reproduction" | "stage" | "validation" | "version";
            /** @default null */
            why?: string | null;
            words: string;
        };
        Head: {
            root: string;
            size: number;
        };
        Histogram: {
            counts: number[];
            edges: (number | string)[];
        };
        HistoryRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            alias?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default null */
            kind?: ("data" | "model") | null;
            /** @default null */
            limit?: number | null;
            name: string;
        };
        HistoryResponse: {
            /** @enum {unknown} */
            kind: "data" | "model";
            moves: components["schemas"]["AliasRow"][];
            name: string;
            /** @default null */
            next?: string | null;
        };
        Hit: {
            /** @enum {unknown} */
            kind: "data" | "file" | "model" | "other" | "run";
            matched: components["schemas"]["Match"][];
            ref: string;
            score: number;
            title: string;
        };
        Holder: {
            /** @default [] */
            also?: string[];
            certain: boolean;
            id: string;
            /** @default false */
            in_memory?: boolean;
            kind: string;
            /** @default null */
            name?: string | null;
            /** @default [] */
            parts?: ("base" | "fitted" | "test" | "train" | "validation")[];
            /** @default null */
            rows?: number | null;
            title: string;
            /** @default null */
            version?: number | null;
        };
        Hunk: {
            left: number;
            lines: components["schemas"]["TextLine"][];
            right: number;
        };
        ImpactRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            depth?: number | null;
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            /** @default 2000 */
            limit?: number;
            target: components["schemas"]["Target"];
        };
        ImpactResponse: {
            complete: boolean;
            consumers: components["schemas"]["Reached"][];
            deployments: components["schemas"]["Reached"][];
            edges: components["schemas"]["GraphEdge"][];
            gaps: string[];
            models: components["schemas"]["Reached"][];
            nodes: components["schemas"]["GraphNode"][];
            omitted: number;
            root: string;
            roots: string[];
            runs: components["schemas"]["RunFacts"][];
            verdict: string;
            /** @default 0 */
            withheld?: number;
        };
        Incident: {
            /** @default null */
            artifact?: string | null;
            /** @default null */
            check?: string | null;
            /** @enum {unknown} */
            severity: "error" | "info" | "warn";
            /** @enum {unknown} */
            status: "closed" | "open";
            title: string;
        };
        IncidentFact: {
            id: string;
            severity: string;
            title: string;
            /** @default null */
            way?: components["schemas"]["Way"] | null;
        };
        IncidentView: {
            /** @default null */
            closed?: string | null;
            id: string;
            opened: string;
            /** @enum {unknown} */
            severity: "error" | "info" | "warn";
            title: string;
            /** @default null */
            why?: string | null;
            /** @default null */
            why_closed?: string | null;
        };
        Ingredient: {
            artifact: components["schemas"]["Node"];
            path: string;
        };
        KeepProfileRequest: {
            about: string;
            /** @default local */
            by?: string;
            packet: string;
            /** @default [] */
            said?: string[];
        };
        KeepScanRequest: {
            columns: number;
            findings: components["schemas"]["ClassFound"][];
            rows: number;
            target: components["schemas"]["Target"];
            whole: boolean;
        };
        KeySource: {
            /** @default 0 */
            count?: number;
            id: string;
            keys: number | null;
            location: string | null;
            /** @default [] */
            rows?: number[];
            title: string;
        };
        KpiEntry: {
            at: string;
            /** @default null */
            by?: string | null;
            key: string;
            seq: number;
            /** @default null */
            since?: string | null;
            /** @default null */
            source?: string | null;
            /** @default null */
            unit?: string | null;
            /** @default null */
            until?: string | null;
            value: number;
            /** @default null */
            why?: string | null;
        };
        KpiRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default {} */
            figures?: {
                [key: string]: number;
            };
            /** @default null */
            since?: string | null;
            /** @default null */
            source?: string | null;
            target: components["schemas"]["Target"];
            /** @default null */
            unit?: string | null;
            /** @default null */
            until?: string | null;
            /** @default null */
            why?: string | null;
        };
        KpiResponse: {
            artifact: string;
            kpis: components["schemas"]["KpiEntry"][];
            metrics: components["schemas"]["Figure"][];
            version: string;
        };
        LeakCheck: {
            /** @enum {unknown} */
            kind: "duplicates" | "multi-test" | "overlap" | "preprocessing" | "target" | "time";
            /** @enum {unknown} */
            result: "found" | "none" | "not asked" | "unknown";
            /** @default null */
            why?: string | null;
        };
        LeaksRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            data?: components["schemas"]["Target"] | null;
            /** @default 1 */
            most_tested?: number;
            target: components["schemas"]["Target"];
            /** @default null */
            time?: string | null;
        };
        LeaksResponse: {
            checks: components["schemas"]["LeakCheck"][];
            complete: boolean;
            findings: components["schemas"]["Finding"][];
            gaps: string[];
            leaks: boolean | null;
            root: string;
            test_rows: number | null;
            train_rows: number | null;
            transformers: string[];
            verdict: string;
        };
        LengthView: {
            max: number;
            mean: number;
            min: number;
        };
        LicenceFact: {
            spdx: string;
            terms: string[];
            /** @default null */
            way?: components["schemas"]["Way"] | null;
        };
        LicenceRequest: {
            /** @default null */
            licence?: string | null;
            target: components["schemas"]["Target"];
            /** @default [] */
            terms?: string[];
        };
        LifeFacts: {
            /** @default [] */
            overrides?: components["schemas"]["Standing"][];
            /** @default null */
            stage?: string | null;
        };
        Link: {
            /** @default 0 */
            between?: number;
            /** @enum {unknown} */
            evidence: "declared" | "inferred" | "observed" | "verified";
            from: string;
            /** @default null */
            relation?: string | null;
            /** @default [] */
            roles?: string[];
            to: string;
            /** @enum {unknown} */
            type: "derived" | "generated" | "used";
        };
        LocationRow: {
            artifact: string;
            at: string;
            mode: string;
            /** @default null */
            run?: string | null;
            seq: number;
            uri: string;
        };
        LockRequest: {
            consumer: string;
            targets: components["schemas"]["Target"][];
        };
        LockResponse: {
            models: components["schemas"]["Locked"][];
        };
        Locked: {
            digest: string;
            name: string | null;
            /** @default [] */
            places?: string[];
            ref: string;
            size: number | null;
            version: number | null;
        };
        LookRequest: {
            models: components["schemas"]["Pinned"][];
        };
        LookResponse: {
            models: components["schemas"]["LookedAt"][];
        };
        LookedAt: {
            known: boolean;
            now: components["schemas"]["Locked"] | null;
            /** @default null */
            recalled?: string | null;
            ref: string;
            /** @default false */
            retired?: boolean;
            same: boolean;
        };
        Made: {
            id: string;
            kind: string;
            /** @default null */
            name?: string | null;
            title: string;
            /** @default null */
            version?: number | null;
        };
        Match: {
            /** @enum {unknown} */
            field: "column" | "description" | "file" | "incident" | "licence" | "name" | "note" | "owner" | "parameter" | "run" | "tag";
            /** @default  */
            key?: string;
            text: string;
        };
        Matched: {
            artifact: string;
            failed: number;
            how: string;
            new: number;
            results: number;
            title: string;
        };
        Measure: {
            high: number;
            low: number;
            value: number;
        };
        Measured: {
            key: string;
            left: number | string | null;
            right: number | string | null;
            split: string | null;
        };
        MemberAddRequest: {
            name: string;
            /** @enum {unknown} */
            role: "admin" | "approver" | "auditor" | "contributor" | "viewer";
            /** @default default */
            workspace?: string;
        };
        MemberEntry: {
            account: string;
            /** @default true */
            changed?: boolean;
            /** @enum {unknown} */
            role: "admin" | "approver" | "auditor" | "contributor" | "viewer";
            /** @default null */
            since?: string | null;
            workspace: string;
        };
        MemberRemoveRequest: {
            name: string;
            /** @enum {unknown} */
            role: "admin" | "approver" | "auditor" | "contributor" | "viewer";
            /** @default default */
            workspace?: string;
        };
        MembersRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            limit?: number | null;
        };
        MembersResponse: {
            members: components["schemas"]["MemberEntry"][];
            /** @default null */
            next?: string | null;
        };
        ModelAudit: {
            /** @default [] */
            about?: components["schemas"]["Fact"][];
            actions: components["schemas"]["Action"][] | null;
            after: number;
            /** @default [] */
            aliases?: string[];
            artifact: string;
            asked: number;
            findings: components["schemas"]["AuditFinding"][];
            met: number;
            /** @default [] */
            overrides?: components["schemas"]["Standing"][];
            score: number;
            stage: string;
            verdict: string;
            version: string;
        };
        ModelsRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default null */
            limit?: number | null;
            /** @default null */
            name?: string | null;
        };
        ModelsResponse: {
            /** @default 0 */
            count?: number;
            models: components["schemas"]["NameEntry"][];
            /** @default null */
            next?: string | null;
        };
        Moment: {
            at: string;
            count: number;
            words: string;
        };
        MomentsRequest: {
            /** @default 100 */
            most?: number;
            target: components["schemas"]["Target"];
        };
        MomentsResponse: {
            moments: components["schemas"]["Moment"][];
            omitted: number;
            title: string;
            verdict: string;
        };
        MoveResponse: {
            artifact: string;
            /** @default null */
            before?: string | null;
            /** @default [] */
            deploy?: components["schemas"]["Action"][];
            /** @enum {unknown} */
            move: "demote" | "promote" | "retire" | "rollback";
            moved: boolean;
            origin: string;
            outcomes: components["schemas"]["Outcome"][];
            /** @default null */
            override_until?: string | null;
            policy: string;
            policy_digest: string;
            /** @default null */
            source?: string | null;
            stage: string;
            /** @default [] */
            users?: string[];
            verdict: string;
            version: string;
            /** @default null */
            why?: string | null;
        };
        MovesRequest: {
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            target: components["schemas"]["Target"];
        };
        MovesResponse: {
            moves: components["schemas"]["PossibleMove"][];
            stage: string;
            version: string;
        };
        NameEntry: {
            aliases: {
                [key: string]: number;
            };
            artifact: string;
            /** @default null */
            columns?: number | null;
            created: string;
            digest: string;
            /** @default null */
            format?: string | null;
            /** @default false */
            in_memory?: boolean;
            /** @enum {unknown} */
            kind: "data" | "model";
            /** @default null */
            label?: string | null;
            /** @default null */
            location?: string | null;
            /** @default [] */
            metrics?: components["schemas"]["Figure"][];
            name: string;
            /** @default [] */
            overridden?: number[];
            /** @default null */
            rows?: number | null;
            run: string | null;
            /** @default null */
            size?: number | null;
            version: number;
            versions: number;
        };
        NameRequest: {
            /** @default null */
            kind?: ("data" | "model") | null;
            name: string;
            target: components["schemas"]["Target"];
        };
        NameResponse: {
            artifact: string;
            /** @default false */
            decided?: boolean;
            /** @enum {unknown} */
            kind: "data" | "model";
            name: string;
            new: boolean;
            version: number;
        };
        NameView: {
            aliases: {
                [key: string]: number;
            };
            card: components["schemas"]["Card"];
            history: components["schemas"]["AliasRow"][];
            /** @enum {unknown} */
            kind: "data" | "model";
            newest: components["schemas"]["ArtifactView"];
            /** @default [] */
            schemas?: components["schemas"]["SchemaVersion"][];
            /** @enum {unknown} */
            thing: "name";
            title: string;
            versions: components["schemas"]["VersionRow"][];
        };
        Near: {
            /** @default [] */
            aliases?: string[];
            /** @default [] */
            badges?: components["schemas"]["Badge"][];
            /** @default null */
            columns?: number | null;
            depth: number;
            /** @default null */
            digest?: string | null;
            /** @default null */
            ended?: string | null;
            id: string;
            /** @default false */
            in_memory?: boolean;
            kind: string;
            /** @default null */
            name?: string | null;
            /** @default null */
            rows?: number | null;
            /** @default null */
            run?: string | null;
            /** @default null */
            size?: number | null;
            /** @enum {unknown} */
            sort: "code" | "consumer" | "data" | "deployment" | "environment" | "file" | "model" | "other" | "run" | "step";
            /** @default null */
            started?: string | null;
            /** @default null */
            status?: ("failed" | "finished" | "lost" | "running") | null;
            /** @default 0 */
            steps?: number;
            title: string;
            /** @default null */
            version?: number | null;
        };
        NeighbourhoodRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default [] */
            badges?: ("drift" | "licence" | "quality" | "recall" | "validation")[];
            /** @default false */
            context?: boolean;
            /**
             * @default runs
             * @enum {unknown}
             */
            detail?: "runs" | "steps";
            /** @default 1 */
            down?: number;
            /** @default 6 */
            each?: number;
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            /** @default [] */
            inside?: string[];
            /** @default 200 */
            limit?: number;
            /** @default [] */
            opened?: components["schemas"]["Opened"][];
            /** @default [] */
            sorts?: ("code" | "consumer" | "data" | "deployment" | "environment" | "file" | "model" | "other" | "run" | "step")[];
            /** @default [] */
            status?: ("failed" | "finished" | "lost" | "running")[];
            target: components["schemas"]["Target"];
            /** @default null */
            toward?: components["schemas"]["Target"] | null;
            /** @default 1 */
            up?: number;
        };
        NeighbourhoodResponse: {
            complete: boolean;
            full: boolean;
            links: components["schemas"]["Link"][];
            nodes: components["schemas"]["Near"][];
            root: string;
            roots: string[];
            stubs: components["schemas"]["Stub"][];
            title: string;
            verdict: string;
            way: string[];
            /** @default 0 */
            withheld?: number;
        };
        Node: {
            /** @default [] */
            aliases?: string[];
            /** @default {} */
            attrs?: Record<string, unknown>;
            /** @default null */
            columns?: number | null;
            /** @default 0 */
            depth?: number;
            /** @default null */
            digest?: string | null;
            /** @default null */
            ended?: string | null;
            /** @default null */
            format?: string | null;
            id: string;
            /** @default false */
            in_memory?: boolean;
            kind: string;
            /** @default null */
            label?: string | null;
            /** @default null */
            name?: string | null;
            /** @default null */
            parent?: string | null;
            /** @default null */
            root?: string | null;
            /** @default null */
            rows?: number | null;
            /** @default null */
            size?: number | null;
            /** @default null */
            started?: string | null;
            /** @default null */
            status?: ("failed" | "finished" | "lost" | "running") | null;
            /** @enum {unknown} */
            type: "artifact" | "run";
            /** @default null */
            version?: number | null;
            /** @default null */
            where?: string | null;
        };
        NodeColumns: {
            columns: components["schemas"]["ColumnAt"][];
            id: string;
            title: string;
        };
        NoticeRequest: {
            recall: string;
        };
        Opened: {
            /** @enum {unknown} */
            direction: "down" | "up";
            /** @default 12 */
            most?: number;
            node: string;
        };
        Origin: {
            column: string;
            source: string;
        };
        Outcome: {
            asked: string;
            /** @default [] */
            evidence?: components["schemas"]["Evidence"][];
            requirement: string;
            short: string;
            /** @enum {unknown} */
            state: "failed" | "not applicable" | "passed" | "unknown" | "waived";
            title: string;
            /** @default [] */
            ways?: components["schemas"]["Action"][][];
            words: string;
        };
        OutputRequest: {
            /** @default null */
            as_of?: string | null;
            target: components["schemas"]["Target"];
        };
        OutputResponse: {
            name: string;
            /** @default 0 */
            omitted?: number;
            run: string;
            /** @default [] */
            secrets?: string[];
            /** @default 0 */
            size?: number;
            text: string | null;
            verdict: string;
        };
        OwnRequest: {
            /** @default null */
            by?: string | null;
            /** @default owner */
            role?: string;
            target: components["schemas"]["Target"];
        };
        OwnerFact: {
            role: string;
            who: string;
        };
        Package: {
            name: string;
            version: string;
        };
        Part: {
            share: number;
            target: string;
        };
        PartRowsRequest: {
            data: components["schemas"]["Target"];
            model: components["schemas"]["Target"];
            part: string;
        };
        PartRowsResponse: {
            rows: number[];
            /** @default null */
            trained?: number | null;
        };
        PartsRequest: {
            data: components["schemas"]["Target"];
            model: components["schemas"]["Target"];
            /** @default [] */
            others?: components["schemas"]["Target"][];
        };
        PartsResponse: {
            data: components["schemas"]["Piece"];
            model: components["schemas"]["Piece"];
            /** @default [] */
            others?: components["schemas"]["Piece"][];
        };
        PathRequest: {
            /** @default null */
            as_of?: string | null;
            end: components["schemas"]["Target"];
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            start: components["schemas"]["Target"];
        };
        PathResponse: {
            backwards: boolean;
            complete: boolean;
            edges: components["schemas"]["GraphEdge"][];
            found: boolean;
            gaps: string[];
            nodes: components["schemas"]["GraphNode"][];
            omitted: number;
            path: string[];
            root: string;
            roots: string[];
            runs: components["schemas"]["RunFacts"][];
            verdict: string;
            /** @default 0 */
            withheld?: number;
        };
        PathsRequest: {
            /** @default null */
            as_of?: string | null;
            end: components["schemas"]["Target"];
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            /** @default null */
            longest?: number | null;
            /** @default 10 */
            most?: number;
            start: components["schemas"]["Target"];
        };
        PathsResponse: {
            backwards: boolean;
            complete: boolean;
            edges: components["schemas"]["GraphEdge"][];
            gaps: string[];
            nodes: components["schemas"]["GraphNode"][];
            omitted: number;
            paths: string[][];
            root: string;
            roots: string[];
            verdict: string;
            /** @default 0 */
            withheld?: number;
        };
        Piece: {
            /** @default [] */
            features?: string[];
            id: string;
            kind: string;
            /** @default null */
            label?: string | null;
            /** @default {} */
            paths?: {
                [key: string]: string[];
            };
            /** @default [] */
            saved?: components["schemas"]["Node"][];
            /** @default null */
            target?: string | null;
            title: string;
        };
        Pinned: {
            digest: string;
            ref: string;
        };
        PolicyCheckRequest: {
            /** @default null */
            as_of?: string | null;
            policy: string;
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            target: components["schemas"]["Target"];
        };
        PolicyCheckResponse: {
            artifact: string;
            at: string;
            /** @default [] */
            authors?: string[];
            outcomes: components["schemas"]["Outcome"][];
            /** @default [] */
            overrides?: components["schemas"]["Standing"][];
            policy: string;
            policy_digest: string;
            /** @default null */
            source?: string | null;
            stage: string;
            verdict: string;
            version: string;
            well: boolean;
        };
        PolicyShowRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
        };
        PolicyShowResponse: {
            environments: {
                [key: string]: string;
            };
            /** @default [] */
            gaps?: string[];
            may_ask: components["schemas"]["Asked"][];
            policies: components["schemas"]["PolicyText"][];
            source: string | null;
            stages: string[];
        };
        PolicyText: {
            asks: components["schemas"]["Asked"][];
            digest: string;
            model: string | null;
            name: string;
        };
        PossibleMove: {
            /** @enum {unknown} */
            move: "demote" | "promote" | "retire" | "rollback";
            open: boolean;
            /** @default null */
            stage?: string | null;
            words: string;
        };
        ProbeSummary: {
            after: components["schemas"]["Estimate"];
            /** @default null */
            changed?: number | null;
            fall: number | null;
            metric: string;
            probe: string;
            what: string;
            /** @default null */
            why?: string | null;
        };
        Problem: {
            origins: components["schemas"]["Found"][];
            said: string;
            what: string;
        };
        ProblemDetails: {
            code: string;
            detail: string;
            /** @default null */
            hint?: string | null;
            /** @default null */
            incident?: string | null;
            status: number;
            title: string;
            type: string;
        };
        ProfileAnswer: {
            about: string | null;
            /** @default null */
            at?: string | null;
            /** @default local */
            by?: string;
            columns: components["schemas"]["ColumnView"][];
            /** @default [] */
            correlations?: components["schemas"]["Correlation"][];
            /** @default false */
            kept?: boolean;
            rows: number;
            /** @default [] */
            said?: string[];
            /** @default null */
            table?: string | null;
            title: string;
            verdict: string;
        };
        ProfileRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            columns?: string[] | null;
            target: components["schemas"]["Target"];
        };
        ProfileSource: {
            about: string;
            /** @default {} */
            classes?: {
                [key: string]: string;
            };
            digest: string | null;
            name: string;
            places: string[];
            profiled: boolean;
            /** @default false */
            scanned?: boolean;
            title: string;
        };
        ProfileSourceRequest: {
            target: components["schemas"]["Target"];
        };
        PromoteRequest: {
            /** @default null */
            expect?: number | null;
            /** @default null */
            override?: string | null;
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            stage: string;
            target: components["schemas"]["Target"];
            /** @default null */
            until?: string | null;
            /** @default null */
            why?: string | null;
        };
        ProveRequest: {
            /** @default null */
            size?: number | null;
            target: components["schemas"]["Target"];
        };
        ProveResponse: {
            events: components["schemas"]["Proved"][];
            root: string;
            size: number;
            target: string;
        };
        Proved: {
            body: string;
            index: number;
            leaf: string;
            number: number;
            proof: string[];
            seq: number;
            what: string;
            words: string;
        };
        QualityCheckRequest: {
            /** @default null */
            file?: components["schemas"]["Target"] | null;
            /** @default null */
            source?: string | null;
            /** @default null */
            suite?: string | null;
            target: components["schemas"]["Target"];
        };
        QualityCheckResponse: {
            artifact: string;
            checks: components["schemas"]["Checked"][];
            data: string;
            /** @default [] */
            incidents?: components["schemas"]["Change"][];
            /** @default true */
            recorded?: boolean;
            suite: string;
            title: string;
            /** @default false */
            unusable?: boolean;
            verdict: string;
            /** @default null */
            worst?: ("error" | "info" | "warn") | null;
        };
        QualityImportRequest: {
            /** @default null */
            data?: components["schemas"]["Target"] | null;
            name: string;
            /** @default null */
            second?: string | null;
            text: string;
        };
        QualityImportResponse: {
            format: string;
            /** @default [] */
            incidents?: components["schemas"]["Change"][];
            matched: components["schemas"]["Matched"][];
            unmatched: components["schemas"]["Unmatched"][];
            verdict: string;
        };
        QualityPendingRequest: {
            /** @default [] */
            names?: string[];
        };
        QualityPendingResponse: {
            refs: string[];
        };
        QualityShowRequest: {
            /** @default null */
            as_of?: string | null;
            target: components["schemas"]["Target"];
        };
        QualityShowResponse: {
            /** @default 0 */
            checks?: number;
            failing: components["schemas"]["CheckTrend"][];
            incidents: components["schemas"]["IncidentView"][];
            /** @default null */
            suite?: string | null;
            title: string;
            /** @default 0 */
            unchecked?: number;
            verdict: string;
            versions: components["schemas"]["VersionQuality"][];
        };
        QualitySuggestRequest: {
            /** @default null */
            file?: components["schemas"]["Target"] | null;
            target: components["schemas"]["Target"];
        };
        QualitySuggestResponse: {
            checks: number;
            data: string;
            /** @default [] */
            dropped?: string[];
            text: string;
            verdict: string;
            versions: number;
        };
        Rate: {
            count: number;
            high: number | null;
            low: number | null;
            of: number;
            value: number | null;
        };
        Reached: {
            /** @default [] */
            aliases?: string[];
            /** @default [] */
            also?: string[];
            /** @enum {unknown} */
            evidence: "declared" | "inferred" | "observed" | "verified";
            id: string;
            kind: string;
            name: string | null;
            path: string[];
            /** @default null */
            started?: string | null;
            /** @default null */
            status?: ("failed" | "finished" | "lost" | "running") | null;
            title: string;
            version: number | null;
        };
        RecallEntry: {
            /** @default null */
            affected?: number | null;
            at: string;
            /** @enum {unknown} */
            cause: "base-model" | "consent" | "data" | "licence" | "other" | "package";
            id: string;
            /** @default null */
            open?: number | null;
            reason: string;
            /** @enum {unknown} */
            severity: "critical" | "high" | "low" | "medium";
            status: string;
            title: string;
        };
        RecallRequest: {
            /** @default null */
            cause?: ("base-model" | "consent" | "data" | "licence" | "other" | "package") | null;
            /** @default null */
            column?: string | null;
            /** @default [] */
            keys?: {
                [key: string]: string;
            }[];
            reason: string;
            /**
             * @default high
             * @enum {unknown}
             */
            severity?: "critical" | "high" | "low" | "medium";
            target: components["schemas"]["Target"];
            /** @default null */
            versions?: string | null;
        };
        RecallStanding: {
            about: string;
            at: string;
            cause: string;
            id: string;
            reason: string;
            seq: number;
            /** @enum {unknown} */
            severity: "critical" | "high" | "low" | "medium";
            title: string;
            /** @default false */
            withdrawn?: boolean;
        };
        RecallStatusRequest: {
            /** @default null */
            as_of?: string | null;
            id: string;
        };
        RecallView: {
            about: string;
            affected: components["schemas"]["Affected"][];
            at: string;
            by: string | null;
            /** @enum {unknown} */
            cause: "base-model" | "consent" | "data" | "licence" | "other" | "package";
            /** @default null */
            closed?: string | null;
            /** @default null */
            closed_why?: string | null;
            /** @default null */
            column?: string | null;
            gaps: string[];
            id: string;
            /** @default null */
            key?: string | null;
            omitted: number;
            open: number;
            reason: string;
            /** @enum {unknown} */
            severity: "critical" | "high" | "low" | "medium";
            status: string;
            title: string;
            verdict: string;
            /** @default null */
            versions?: string | null;
        };
        RecalledRequest: {
            /** @default null */
            as_of?: string | null;
            target: components["schemas"]["Target"];
        };
        RecalledResponse: {
            recalls: components["schemas"]["RecallStanding"][];
            title: string;
            verdict: string;
        };
        RecallsRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default false */
            closed?: boolean;
            /** @default null */
            limit?: number | null;
        };
        RecallsResponse: {
            /** @default null */
            next?: string | null;
            recalls: components["schemas"]["RecallEntry"][];
            verdict: string;
        };
        RecipeRequest: {
            target: components["schemas"]["Target"];
        };
        RecipeResponse: {
            code: components["schemas"]["Node"] | null;
            environment: components["schemas"]["Node"] | null;
            gaps: string[];
            inputs: components["schemas"]["Ingredient"][];
            outputs: components["schemas"]["Ingredient"][];
            /** @default {} */
            params?: Record<string, unknown>;
            run: components["schemas"]["RunRow"];
            steps: components["schemas"]["StepFacts"][];
            target: components["schemas"]["Node"];
        };
        RecordRequest: {
            events: unknown[];
        };
        RecordResponse: {
            accepted: number;
            duplicates: number;
            head: components["schemas"]["Head"];
        };
        Refusal: {
            at: string;
            id: string;
            leaf: string;
            /** @default null */
            seq?: number | null;
        };
        RegisterRequest: {
            /** @default false */
            by_reference?: boolean;
            /** @default [] */
            columns?: components["schemas"]["Column"][];
            digest: string;
            /** @default null */
            format?: string | null;
            /** @default false */
            kept?: boolean;
            /** @enum {unknown} */
            kind: "code" | "data" | "environment" | "file" | "model";
            label: string;
            /** @default null */
            name?: string | null;
            /** @default [] */
            parts?: string[];
            /** @default null */
            rows?: number | null;
            /** @default null */
            size?: number | null;
            /** @default null */
            table?: string | null;
            uri: string;
        };
        RegisterResponse: {
            artifact: string;
            /** @enum {unknown} */
            kind: "code" | "data" | "environment" | "file" | "model";
            name: string | null;
            new: boolean;
            version: number | null;
        };
        RemedyRequest: {
            /** @default null */
            by_version?: components["schemas"]["Target"] | null;
            id: string;
            /** @default null */
            note?: string | null;
            /** @enum {unknown} */
            status: "accepted" | "done" | "open";
            target: components["schemas"]["Target"];
        };
        Rename: {
            after: string;
            before: string;
        };
        ReproducedRequest: {
            artifact: string;
            /** @default {} */
            details?: Record<string, unknown>;
            /** @enum {unknown} */
            environment: "current" | "rebuilt";
            /** @default [] */
            matched?: string[];
            reason: string;
            run: string;
            /** @enum {unknown} */
            verdict: "bitwise" | "decision" | "numerical" | "refuted";
        };
        ReproducedResponse: {
            artifact: string;
            verdict: string;
        };
        Reproduction: {
            at: string;
            by: string;
            /** @default {} */
            details?: Record<string, unknown>;
            environment: string;
            reason: string;
            run: string;
            verdict: string;
        };
        ResolveRequest: {
            target: components["schemas"]["Target"];
        };
        ResolveResponse: {
            artifact: string;
            kind: string;
        };
        RetireRequest: {
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            target: components["schemas"]["Target"];
            /** @default null */
            why?: string | null;
        };
        Retype: {
            after: string;
            before: string;
            column: string;
        };
        RollbackRequest: {
            name: string;
            /** @default null */
            rules?: components["schemas"]["RulesFile"] | null;
            stage: string;
            /** @default null */
            version?: number | null;
            /** @default null */
            why?: string | null;
        };
        RowPart: {
            artifact: string;
            /** @enum {unknown} */
            part: "base" | "input" | "made" | "test" | "train" | "validation";
            /** @default [] */
            ranges?: [
                number,
                number
            ][];
            reached: number | null;
            /** @default 0 */
            repeated?: number;
            rows: number | null;
            title: string;
        };
        RowsRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default false */
            ranges?: boolean;
            /** @default null */
            source?: components["schemas"]["Target"] | null;
            target: components["schemas"]["Target"];
        };
        RowsResponse: {
            complete: boolean;
            gaps: string[];
            location: string | null;
            parts: components["schemas"]["RowPart"][];
            root: string;
            rows: number | null;
            source: string;
            /** @default [] */
            sources?: components["schemas"]["RowsSource"][];
            stages: components["schemas"]["Stage"][];
            title: string;
            verdict: string;
        };
        RowsSource: {
            artifact: string;
            rows: number | null;
            title: string;
        };
        RulesFile: {
            path: string;
            text: string;
        };
        RunEntry: {
            /** @default [] */
            command?: string[];
            ended: string | null;
            /** @default null */
            error?: string | null;
            /** @default null */
            exit_code?: number | null;
            id: string;
            kind: string;
            /** @default [] */
            made?: components["schemas"]["Made"][];
            /** @default {} */
            metrics?: {
                [key: string]: number | ("-Infinity" | "Infinity" | "NaN");
            };
            name: string;
            /** @default {} */
            params?: Record<string, unknown>;
            parent: string | null;
            root: string;
            started: string;
            /** @enum {unknown} */
            status: "failed" | "finished" | "lost" | "running";
            steps: number;
            /** @default null */
            where?: string | null;
        };
        RunFacts: {
            /** @default {} */
            attrs?: Record<string, unknown>;
            /** @default [] */
            code?: string[];
            command: string[];
            /** @default null */
            cwd?: string | null;
            ended: string | null;
            /** @default [] */
            environment?: string[];
            /** @default null */
            error?: string | null;
            /** @default null */
            exit_code?: number | null;
            id: string;
            kind: string;
            name: string;
            params: Record<string, unknown>;
            started: string;
            /** @enum {unknown} */
            status: "failed" | "finished" | "lost" | "running";
            /** @default 0 */
            steps?: number;
        };
        RunRow: {
            /** @default {} */
            attrs?: Record<string, unknown>;
            /** @default [] */
            command?: string[];
            /** @default null */
            cwd?: string | null;
            /** @default null */
            ended?: string | null;
            /** @default null */
            error?: string | null;
            /** @default null */
            exit_code?: number | null;
            id: string;
            kind: string;
            name: string;
            /** @default {} */
            params?: Record<string, unknown>;
            /** @default null */
            parent?: string | null;
            root: string;
            seq: number;
            started: string;
            /** @enum {unknown} */
            status: "failed" | "finished" | "lost" | "running";
            /** @default 0 */
            steps?: number;
            /** @default null */
            where?: string | null;
        };
        RunShares: {
            figure: number;
            /** @default [] */
            files?: components["schemas"]["UnfollowedFile"][];
            id: string;
            name: string;
            shares: components["schemas"]["SeenShare"][];
        };
        RunView: {
            card: components["schemas"]["Card"];
            context: components["schemas"]["Tie"][];
            gaps: string[];
            inputs: components["schemas"]["Tie"][];
            metrics: components["schemas"]["Figure"][];
            outputs: components["schemas"]["Tie"][];
            parent: string | null;
            run: components["schemas"]["RunFacts"];
            steps: components["schemas"]["RunRow"][];
            /** @enum {unknown} */
            thing: "run";
            title: string;
        };
        RunsRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            before?: string | null;
            /** @default false */
            figures?: boolean;
            /** @default [] */
            ids?: string[];
            /** @default 20 */
            limit?: number;
            /** @default null */
            order?: string | null;
            /** @default false */
            steps?: boolean;
            /** @default null */
            view?: string | null;
            /** @default null */
            where?: string | null;
        };
        RunsResponse: {
            /** @default false */
            cut?: boolean;
            next: string | null;
            runs: components["schemas"]["RunEntry"][];
        };
        SaveViewRequest: {
            /** @default [] */
            fields?: string[];
            name: string;
            /** @default null */
            order?: string | null;
            /** @default false */
            remove?: boolean;
            /** @default null */
            where?: string | null;
        };
        SavedModelRequest: {
            target: components["schemas"]["Target"];
        };
        SavedModelResponse: {
            artifacts: components["schemas"]["Node"][];
            paths: {
                [key: string]: string[];
            };
        };
        ScanFact: {
            at: string;
            columns: number;
            rows: number;
            whole: boolean;
        };
        ScanResponse: {
            about: string | null;
            columns: number;
            /** @default {} */
            declared?: {
                [key: string]: string;
            };
            findings: components["schemas"]["ClassFound"][];
            /** @default [] */
            gone?: string[];
            rows: number;
            title: string;
            whole: boolean;
        };
        SchemaChange: {
            /** @default [] */
            added?: components["schemas"]["Column"][];
            /** @default [] */
            changed?: string[];
            /** @default false */
            moved?: boolean;
            /** @default [] */
            removed?: components["schemas"]["Column"][];
            /** @default [] */
            renamed?: components["schemas"]["Rename"][];
            /** @default [] */
            retyped?: components["schemas"]["Retype"][];
        };
        SchemaVersion: {
            artifact: string;
            /** @default null */
            change?: components["schemas"]["SchemaChange"] | null;
            columns: number | null;
            version: number;
        };
        SearchRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default null */
            kind?: ("data" | "file" | "model" | "other" | "run") | null;
            /** @default 20 */
            limit?: number;
            query: string;
        };
        SearchResponse: {
            complete: boolean;
            count: number;
            hits: components["schemas"]["Hit"][];
            /** @default null */
            next?: string | null;
            /** @default false */
            partial?: boolean;
            query: string;
            verdict: string;
            words: string[];
        };
        SeenShare: {
            seen: number;
            share: number;
            /** @enum {unknown} */
            what: "bytes" | "columns" | "links" | "operations" | "rows";
            whole: number;
        };
        Series: {
            count: number;
            /** @default null */
            data?: string | null;
            greatest: number | null;
            key: string;
            last: number | ("-Infinity" | "Infinity" | "NaN");
            least: number | null;
            /** @default null */
            model?: string | null;
            points: components["schemas"]["SeriesPoint"][];
            /** @default null */
            split?: string | null;
        };
        SeriesPoint: {
            at: string;
            step: number | null;
            value: number | ("-Infinity" | "Infinity" | "NaN");
        };
        SeriesRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default [] */
            keys?: string[];
            /** @default 1000 */
            most?: number;
            target: components["schemas"]["Target"];
        };
        SeriesResponse: {
            name: string;
            run: string;
            series: components["schemas"]["Series"][];
            verdict: string;
        };
        ServingRequest: {
            env: string;
            target: components["schemas"]["Target"];
        };
        ServingResponse: {
            new: boolean;
            run: string;
            title: string;
        };
        ShareChange: {
            after: number;
            before: number;
            change: number;
            group: string;
            share_after: number;
            share_before: number;
        };
        SharedNode: {
            depths: number[];
            id: string;
            nearest: boolean;
        };
        ShowRequest: {
            /** @default null */
            as_of?: string | null;
            target: components["schemas"]["Target"];
        };
        SliceSummary: {
            /** @default false */
            found?: boolean;
            inside: components["schemas"]["Estimate"];
            metric: string;
            n: number;
            /** @default null */
            outside?: components["schemas"]["Estimate"] | null;
            /** @default null */
            p?: number | null;
            /**
             * @default no difference seen
             * @enum {unknown}
             */
            verdict?: "better" | "no difference seen" | "too small" | "worse";
            where: string;
        };
        SourceTable: {
            columns: string[];
            id: string;
            location: string | null;
            title: string;
        };
        Stage: {
            artifact: string;
            kind: string;
            line: string | null;
            lost: number | null;
            /** @default [] */
            lost_rows?: number[];
            name: string;
            /** @default [] */
            operations?: components["schemas"]["Cut"][];
            reached: number | null;
            /** @default 0 */
            repeated?: number;
            rows: number | null;
            /** @default {} */
            set_aside?: {
                [key: string]: number;
            };
            step: string;
            title: string;
            where: string | null;
        };
        Standing: {
            active: boolean;
            by: string | null;
            policy: string;
            seq: number;
            signed: boolean;
            until: string;
            waives: string[];
            why: string | null;
        };
        StatedFact: {
            /** @default null */
            before?: unknown;
            changed: boolean;
            key: string;
            value: unknown;
        };
        StatedResponse: {
            about: string;
            facts: components["schemas"]["StatedFact"][];
            title: string;
            topic: string;
        };
        StepFacts: {
            generated: components["schemas"]["Node"][];
            kind: string;
            metrics: {
                [key: string]: number | string;
            };
            name: string;
            params: Record<string, unknown>;
            where: string | null;
        };
        Stop: {
            artifact: string;
            how: string;
            /** @enum {unknown} */
            state: "bad" | "good" | "unknown";
            title: string;
        };
        StopRequest: {
            /**
             * @default declared
             * @enum {unknown}
             */
            because?: "aggregated" | "declared" | "masked";
            /** @default false */
            remove?: boolean;
            target: components["schemas"]["Target"];
            /** @default [] */
            what?: string[];
        };
        Stub: {
            /** @enum {unknown} */
            direction: "down" | "up";
            hidden: {
                [key: string]: number;
            };
            /** @default null */
            links?: number | null;
            node: string;
        };
        TagFact: {
            /** @default true */
            propagates?: boolean;
            tag: string;
            /** @default null */
            way?: components["schemas"]["Way"] | null;
        };
        TagRequest: {
            /** @default [] */
            columns?: string[];
            /** @default true */
            propagate?: boolean;
            /** @default false */
            remove?: boolean;
            tags: string[];
            target: components["schemas"]["Target"];
            /** @default false */
            through_aggregates?: boolean;
        };
        Target: {
            /** @default null */
            digest?: string | null;
            /** @default null */
            path?: string | null;
            ref: string;
        };
        TextLine: {
            /** @enum {unknown} */
            mark: " " | "+" | "-";
            text: string;
        };
        Threshold: {
            /** @default null */
            measured?: components["schemas"]["Estimate"] | null;
            metric: string;
            /** @enum {unknown} */
            op: "<" | "<=" | ">" | ">=";
            /** @default null */
            passed?: boolean | null;
            /** @default null */
            slice?: string | null;
            /** @default false */
            sure?: boolean;
            value: number;
        };
        Tie: {
            /** @default null */
            columns?: number | null;
            /** @default null */
            digest?: string | null;
            /** @enum {unknown} */
            evidence: "declared" | "inferred" | "observed" | "verified";
            id: string;
            /** @default false */
            in_memory?: boolean;
            kind: string;
            /** @default null */
            relation?: string | null;
            role: string | null;
            /** @default null */
            rows?: number | null;
            /** @default null */
            size?: number | null;
            /** @default null */
            slot?: string | null;
            title: string;
            type: string;
        };
        TimelineRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default 500 */
            limit?: number;
            name: string;
            /** @default null */
            version?: number | null;
        };
        TimelineResponse: {
            happened: components["schemas"]["Happened"][];
            name: string;
            /** @default null */
            next?: string | null;
            omitted: number;
            verdict: string;
        };
        TokenAddRequest: {
            /** @default null */
            account?: string | null;
            /** @default 90 days */
            expires?: string;
            /** @default  */
            name?: string;
            /** @default [] */
            scopes?: ("admin" | "approve" | "read" | "record")[];
            /** @default null */
            workspace?: string | null;
        };
        TokenAddResponse: {
            entry: components["schemas"]["TokenEntry"];
            token: string;
        };
        TokenEntry: {
            account: string;
            expires: string;
            id: string;
            made: string;
            /** @default  */
            name?: string;
            /** @default null */
            revoked?: string | null;
            scopes: ("admin" | "approve" | "read" | "record")[];
            /** @default null */
            used?: string | null;
            /** @default null */
            workspace?: string | null;
        };
        TokenRevokeRequest: {
            id: string;
        };
        TokensRequest: {
            /** @default null */
            account?: string | null;
            /** @default null */
            after?: string | null;
            /** @default false */
            every?: boolean;
            /** @default null */
            limit?: number | null;
        };
        TokensResponse: {
            /** @default null */
            next?: string | null;
            tokens: components["schemas"]["TokenEntry"][];
        };
        Told: {
            at: string;
            /** @enum {unknown} */
            happening: "closed" | "opened";
            recall: string;
            /** @enum {unknown} */
            severity: "critical" | "high" | "low" | "medium";
        };
        ToldRun: {
            events: Record<string, unknown>[];
            name: string;
            run: string;
        };
        ToldRuns: {
            /** @default 0 */
            omitted?: number;
            runs: components["schemas"]["ToldRun"][];
        };
        ToldRunsRequest: {
            /** @default forebear */
            namespace?: string;
            target: components["schemas"]["Target"];
        };
        TopValue: {
            rows: number;
            value: string;
        };
        TraceRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            depth?: number | null;
            /** @default null */
            evidence?: ("declared" | "inferred" | "observed" | "verified") | null;
            /** @default 2000 */
            limit?: number;
            target: components["schemas"]["Target"];
        };
        TraceResponse: {
            complete: boolean;
            completeness: components["schemas"]["Completeness"];
            edges: components["schemas"]["GraphEdge"][];
            gaps: string[];
            made_by: string | null;
            metrics: components["schemas"]["Figure"][];
            nodes: components["schemas"]["GraphNode"][];
            omitted: number;
            /** @default [] */
            overrides?: components["schemas"]["Standing"][];
            params: Record<string, unknown>;
            reproduction: components["schemas"]["Reproduction"] | null;
            root: string;
            roots: string[];
            runs: components["schemas"]["RunFacts"][];
            verdict: string;
            /** @default 0 */
            withheld?: number;
        };
        TrafficRequest: {
            env: string;
            /** @default [] */
            parts?: components["schemas"]["Part"][];
            /** @default null */
            why?: string | null;
        };
        TrafficResponse: {
            deployments: components["schemas"]["Deployment"][];
            env: string;
            verdict: string;
        };
        TrainedRowsRequest: {
            data: string;
            model: components["schemas"]["Target"];
        };
        TrainedRowsResponse: {
            count: number | null;
            /** @default null */
            how?: ("equal records" | "the same rows") | null;
            /** @default null */
            source?: string | null;
            /** @default null */
            why?: string | null;
        };
        TreeRequest: {
            /** @default 0 */
            since?: number;
        };
        TreeResponse: {
            proof: string[];
            root: string;
            since: number;
            since_root: string | null;
            size: number;
        };
        UndeployRequest: {
            /** @default null */
            env?: string | null;
            target: components["schemas"]["Target"];
            /** @default null */
            why?: string | null;
        };
        UndeployResponse: {
            beside: components["schemas"]["Deployment"][];
            ended: components["schemas"]["Deployment"][];
            verdict: string;
        };
        UnfollowedFile: {
            id: string;
            size: number | null;
            title: string;
        };
        Unmatched: {
            results: number;
            why: string;
            words: string;
        };
        UnprofiledData: {
            ref: string;
            size: number;
        };
        UnprofiledRequest: {
            below: number;
            /** @default null */
            since?: string | null;
        };
        UnusedColumn: {
            by: components["schemas"]["FlowDeed"];
            column: string;
            /** @default [] */
            decided?: components["schemas"]["FlowDeed"][];
            /** @enum {unknown} */
            how: "dropped" | "left out" | "not read";
            source: string;
        };
        Validated: {
            at: string;
            data: string;
            figure: components["schemas"]["Estimate"];
            main: string;
            on: string;
            passed: boolean | null;
            rows: number;
            /** @default false */
            thresholds_changed?: boolean;
            /** @default null */
            trained_on?: number | null;
            /** @default null */
            weight?: string | null;
        };
        ValidatedRequest: {
            /** @default [] */
            command?: string[];
            /** @default null */
            cwd?: string | null;
            /** @default [] */
            made?: components["schemas"]["ValidationMade"][];
            model: string;
            model_title: string;
            /** @default [] */
            others?: string[];
            /** @default {} */
            params?: Record<string, unknown>;
            /** @default null */
            parent?: string | null;
            /** @default {} */
            report?: Record<string, unknown>;
            started: string;
            validation: components["schemas"]["Validation"];
        };
        ValidatedResponse: {
            packet: string;
            run: string;
            step: string;
            validation: components["schemas"]["Validation"];
        };
        Validation: {
            /** @default {} */
            charts?: {
                [key: string]: string;
            };
            /** @default [] */
            comparisons?: components["schemas"]["ComparisonSummary"][];
            data: string;
            /** @default  */
            data_title?: string;
            /** @default [] */
            fairness?: components["schemas"]["FairnessSummary"][];
            /** @default [] */
            groups?: components["schemas"]["GroupSummary"][];
            main: string;
            metrics: {
                [key: string]: components["schemas"]["Estimate"];
            };
            /** @default [] */
            notes?: string[];
            /** @default null */
            part?: string | null;
            /** @default null */
            passed?: boolean | null;
            /** @default [] */
            probes?: components["schemas"]["ProbeSummary"][];
            rows: number;
            /** @default null */
            rows_worth?: number | null;
            /** @default null */
            searched?: number | null;
            /** @default [] */
            slices?: components["schemas"]["SliceSummary"][];
            /** @default  */
            step?: string;
            /** @enum {unknown} */
            task: "classification" | "ranking" | "regression";
            /** @default [] */
            thresholds?: components["schemas"]["Threshold"][];
            /** @default false */
            thresholds_changed?: boolean;
            /** @default null */
            thresholds_digest?: string | null;
            /** @default null */
            trained_how?: string | null;
            /** @default null */
            trained_on?: number | null;
            /** @default null */
            weight?: string | null;
        };
        ValidationMade: {
            content: string;
            format: string;
            name: string;
        };
        ValidationRow: {
            at: string;
            current: boolean;
            model: string;
            /** @default null */
            packet?: string | null;
            title: string;
            validation: components["schemas"]["Validation"];
        };
        ValidationsRequest: {
            /** @default null */
            after?: string | null;
            /** @default null */
            as_of?: string | null;
            /** @default 100 */
            limit?: number | null;
            target: components["schemas"]["Target"];
        };
        ValidationsResponse: {
            /** @default [] */
            gaps?: string[];
            /** @default null */
            next?: string | null;
            title: string;
            validations: components["schemas"]["ValidationRow"][];
        };
        VerifyRequest: Record<string, unknown>;
        VerifyResponse: {
            artifacts: number;
            blobs: number;
            events: number;
            faults: components["schemas"]["Fault"][];
            /** @default [] */
            refusals?: components["schemas"]["Refusal"][];
            root: string;
            /** @default [] */
            unread?: string[];
            well: boolean;
        };
        VersionEntry: {
            /** @default [] */
            aliases?: string[];
            artifact: string;
            /** @default false */
            automatic?: boolean;
            /** @default null */
            by?: string | null;
            created: string;
            digest: string;
            /** @default [] */
            metrics?: components["schemas"]["Figure"][];
            /** @default false */
            overridden?: boolean;
            /** @default null */
            passed?: boolean | null;
            /** @default 0 */
            recalls?: number;
            /** @default null */
            run?: string | null;
            /** @default null */
            stage?: string | null;
            version: number;
        };
        VersionQuality: {
            artifact: string;
            /** @default null */
            at?: string | null;
            /** @default 0 */
            errors?: number;
            /** @default 0 */
            failed?: number;
            /** @default 0 */
            passed?: number;
            /** @default [] */
            tools?: string[];
            /** @default 0 */
            undone?: number;
            version: number | null;
        };
        VersionRow: {
            /** @default [] */
            aliases?: string[];
            artifact: string;
            /** @default false */
            automatic?: boolean;
            /** @default null */
            by?: string | null;
            created: string;
            digest: string;
            /** @enum {unknown} */
            kind: "data" | "model";
            name: string;
            /** @default null */
            run?: string | null;
            seq: number;
            version: number;
        };
        VersionsRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default null */
            before?: number | null;
            /** @default 50 */
            limit?: number;
            name: string;
        };
        VersionsResponse: {
            name: string;
            next: number | null;
            verdict: string;
            versions: components["schemas"]["VersionEntry"][];
        };
        ViewEntry: {
            at: string;
            /** @default null */
            by?: string | null;
            /** @default [] */
            fields?: string[];
            name: string;
            /** @default null */
            order?: string | null;
            /** @default null */
            where?: string | null;
        };
        ViewsRequest: {
            /** @default null */
            as_of?: string | null;
        };
        ViewsResponse: {
            views: components["schemas"]["ViewEntry"][];
        };
        Way: {
            /** @default 0 */
            more?: number;
            path: string[];
            source: string;
            title: string;
            titles: string[];
        };
        WhoUsedRequest: {
            /** @default null */
            as_of?: string | null;
            /** @default [] */
            keys?: {
                [key: string]: string;
            }[];
            /** @default false */
            only_this?: boolean;
            /** @default [] */
            rows?: number[];
            source: components["schemas"]["Target"];
        };
        WhoUsedResponse: {
            complete: boolean;
            data: components["schemas"]["Holder"][];
            found: number;
            gaps: string[];
            keys: number;
            models: components["schemas"]["Holder"][];
            sources: components["schemas"]["KeySource"][];
            verdict: string;
        };
        WhoamiRequest: Record<string, unknown>;
        WhoamiResponse: {
            name: string;
            permissions: {
                [key: string]: ("admin" | "approve" | "audit" | "read" | "self" | "write")[];
            };
            /** @default [] */
            roles?: components["schemas"]["Grant"][];
            signed_in: boolean;
            workspace: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "access-log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccessLogRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessLogResponse"];
                };
            };
        };
    };
    "access-prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccessPruneRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccessPruneResponse"];
                };
            };
        };
    };
    "account-add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountAddRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountEntry"];
                };
            };
        };
    };
    "account-close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountCloseRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountEntry"];
                };
            };
        };
    };
    "account-setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    token: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entry: {
                            account: string;
                            expires: string;
                            id: string;
                            made: string;
                            /** @default  */
                            name?: string;
                            /** @default null */
                            revoked?: string | null;
                            scopes: ("admin" | "approve" | "read" | "record")[];
                            /** @default null */
                            used?: string | null;
                            /** @default null */
                            workspace?: string | null;
                        };
                        token: string;
                    };
                };
            };
        };
    };
    accounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountsResponse"];
                };
            };
        };
    };
    alias: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AliasRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AliasResponse"];
                };
            };
        };
    };
    anchor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AnchorRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AnchorResponse"];
                };
            };
        };
    };
    approve: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproveRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproveResponse"];
                };
            };
        };
    };
    attention: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AttentionRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttentionResponse"];
                };
            };
        };
    };
    audit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuditRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditResponse"];
                };
            };
        };
    };
    bias: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BiasRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BiasResponse"];
                };
            };
        };
    };
    blame: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BlameRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlameResponse"];
                };
            };
        };
    };
    "lacking-blobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    digests: string[];
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        digests: string[];
                    };
                };
            };
        };
    };
    "put-blob": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                digest: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "check-completeness": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompletenessRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompletenessResponse"];
                };
            };
        };
    };
    classes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClassesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClassesResponse"];
                };
            };
        };
    };
    closure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClosureRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClosureResponse"];
                };
            };
        };
    };
    code: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeResponse"];
                };
            };
        };
    };
    "code-diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CodeDiffRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CodeDiffResponse"];
                };
            };
        };
    };
    column: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ColumnRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatedResponse"];
                };
            };
        };
    };
    "column-map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ColumnMapRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ColumnMapResponse"];
                };
            };
        };
    };
    columns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ColumnsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ColumnsResponse"];
                };
            };
        };
    };
    common: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommonRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommonResponse"];
                };
            };
        };
    };
    "compare-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompareRunsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompareRunsResponse"];
                };
            };
        };
    };
    consumers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsumersRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsumersResponse"];
                };
            };
        };
    };
    data: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DataRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataResponse"];
                };
            };
        };
    };
    delivered: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeliveredRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveredResponse"];
                };
            };
        };
    };
    deliveries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeliveriesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveriesResponse"];
                };
            };
        };
    };
    demote: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DemoteRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoveResponse"];
                };
            };
        };
    };
    deploy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeployRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeployResponse"];
                };
            };
        };
    };
    deployments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeploymentsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeploymentsResponse"];
                };
            };
        };
    };
    derive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeriveRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeriveResponse"];
                };
            };
        };
    };
    describe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DescribeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatedResponse"];
                };
            };
        };
    };
    diff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiffRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiffResponse"];
                };
            };
        };
    };
    drift: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DriftRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DriftResponse"];
                };
            };
        };
    };
    environment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnvironmentRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentResponse"];
                };
            };
        };
    };
    "environment-diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EnvironmentDiffRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EnvironmentDiffResponse"];
                };
            };
        };
    };
    "erase-identity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EraseRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EraseResponse"];
                };
            };
        };
    };
    event: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EventRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventResponse"];
                };
            };
        };
    };
    "fix-thresholds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FixRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FixResponse"];
                };
            };
        };
    };
    fresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FreshRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatedResponse"];
                };
            };
        };
    };
    history: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HistoryRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryResponse"];
                };
            };
        };
    };
    impact: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImpactRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImpactResponse"];
                };
            };
        };
    };
    "keep-scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeepScanRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScanResponse"];
                };
            };
        };
    };
    kpi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KpiRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KpiResponse"];
                };
            };
        };
    };
    leaks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeaksRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaksResponse"];
                };
            };
        };
    };
    "append-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accepted: number;
                        duplicates: number;
                        head: {
                            root: string;
                            size: number;
                        };
                    };
                };
            };
        };
    };
    "get-mark": {
        parameters: {
            query?: {
                seq?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        leaf: string;
                        seq: number;
                    };
                };
            };
        };
    };
    licence: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LicenceRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatedResponse"];
                };
            };
        };
    };
    "take-lineage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    "take-lineages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    "follow-run": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
        };
    };
    lock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LockRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LockResponse"];
                };
            };
        };
    };
    "lock-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LookRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LookResponse"];
                };
            };
        };
    };
    "member-add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberAddRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberEntry"];
                };
            };
        };
    };
    "member-remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberRemoveRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MemberEntry"];
                };
            };
        };
    };
    members: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MembersRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MembersResponse"];
                };
            };
        };
    };
    models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ModelsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelsResponse"];
                };
            };
        };
    };
    moments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MomentsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MomentsResponse"];
                };
            };
        };
    };
    moves: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MovesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovesResponse"];
                };
            };
        };
    };
    name: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NameRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NameResponse"];
                };
            };
        };
    };
    neighbourhood: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NeighbourhoodRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NeighbourhoodResponse"];
                };
            };
        };
    };
    notice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoticeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecallView"];
                };
            };
        };
    };
    openlineage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ToldRunsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ToldRuns"];
                };
            };
        };
    };
    output: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OutputRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutputResponse"];
                };
            };
        };
    };
    own: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OwnRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatedResponse"];
                };
            };
        };
    };
    "part-rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartRowsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartRowsResponse"];
                };
            };
        };
    };
    path: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PathRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PathResponse"];
                };
            };
        };
    };
    paths: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PathsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PathsResponse"];
                };
            };
        };
    };
    "policy-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyCheckRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyCheckResponse"];
                };
            };
        };
    };
    "policy-show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyShowRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyShowResponse"];
                };
            };
        };
    };
    profile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileAnswer"];
                };
            };
        };
    };
    "profile-keep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeepProfileRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileAnswer"];
                };
            };
        };
    };
    "profile-missing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UnprofiledRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnprofiledData"][];
                };
            };
        };
    };
    "profile-source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileSourceRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProfileSource"];
                };
            };
        };
    };
    promote: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PromoteRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoveResponse"];
                };
            };
        };
    };
    prove: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProveRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProveResponse"];
                };
            };
        };
    };
    "quality-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QualityCheckRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityCheckResponse"];
                };
            };
        };
    };
    "quality-cleansing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CleansingRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CleansingResponse"];
                };
            };
        };
    };
    "quality-import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QualityImportRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityImportResponse"];
                };
            };
        };
    };
    "quality-pending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QualityPendingRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityPendingResponse"];
                };
            };
        };
    };
    "quality-show": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QualityShowRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityShowResponse"];
                };
            };
        };
    };
    "quality-suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QualitySuggestRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualitySuggestResponse"];
                };
            };
        };
    };
    recall: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecallRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecallView"];
                };
            };
        };
    };
    "recall-close": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CloseRecallRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecallView"];
                };
            };
        };
    };
    "recall-remedy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemedyRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecallView"];
                };
            };
        };
    };
    "recall-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecallStatusRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecallView"];
                };
            };
        };
    };
    recalled: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecalledRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecalledResponse"];
                };
            };
        };
    };
    recalls: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecallsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecallsResponse"];
                };
            };
        };
    };
    recipe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecipeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecipeResponse"];
                };
            };
        };
    };
    record: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordResponse"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisterResponse"];
                };
            };
        };
    };
    reproduced: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReproducedRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReproducedResponse"];
                };
            };
        };
    };
    resolve: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResolveRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResolveResponse"];
                };
            };
        };
    };
    retire: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RetireRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoveResponse"];
                };
            };
        };
    };
    rollback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollbackRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoveResponse"];
                };
            };
        };
    };
    rows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RowsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RowsResponse"];
                };
            };
        };
    };
    runs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunsResponse"];
                };
            };
        };
    };
    "saved-model": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedModelRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedModelResponse"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SearchResponse"];
                };
            };
        };
    };
    series: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeriesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeriesResponse"];
                };
            };
        };
    };
    serving: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ServingRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServingResponse"];
                };
            };
        };
    };
    "begin-session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        expires: string;
                        name: string;
                    };
                };
            };
        };
    };
    show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShowRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ArtifactView"] | components["schemas"]["RunView"] | components["schemas"]["NameView"];
                };
            };
        };
    };
    "get-sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accounts: boolean;
                        oidc: string | null;
                        provider: string | null;
                        token: boolean;
                    };
                };
            };
        };
    };
    "start-sign-in": {
        parameters: {
            query?: {
                back?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    "end-sign-in": {
        parameters: {
            query?: {
                code?: string;
                state?: string;
                iss?: string;
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    stop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StopRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatedResponse"];
                };
            };
        };
    };
    tag: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatedResponse"];
                };
            };
        };
    };
    timeline: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TimelineRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimelineResponse"];
                };
            };
        };
    };
    "token-add": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenAddRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenAddResponse"];
                };
            };
        };
    };
    "token-revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenRevokeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenEntry"];
                };
            };
        };
    };
    tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokensRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokensResponse"];
                };
            };
        };
    };
    trace: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TraceRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceResponse"];
                };
            };
        };
    };
    traffic: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrafficRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrafficResponse"];
                };
            };
        };
    };
    "trained-rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrainedRowsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainedRowsResponse"];
                };
            };
        };
    };
    tree: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TreeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TreeResponse"];
                };
            };
        };
    };
    undeploy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UndeployRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndeployResponse"];
                };
            };
        };
    };
    validated: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ValidatedRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidatedResponse"];
                };
            };
        };
    };
    "validation-parts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PartsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PartsResponse"];
                };
            };
        };
    };
    validations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ValidationsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ValidationsResponse"];
                };
            };
        };
    };
    verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerifyRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VerifyResponse"];
                };
            };
        };
    };
    versions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VersionsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionsResponse"];
                };
            };
        };
    };
    "view-save": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SaveViewRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ViewsResponse"];
                };
            };
        };
    };
    views: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewsRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ViewsResponse"];
                };
            };
        };
    };
    "who-used": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhoUsedRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoUsedResponse"];
                };
            };
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhoamiRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoamiResponse"];
                };
            };
        };
    };
    "get-alive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
        };
    };
    "get-measures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
        };
    };
    "get-ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @default null */
                        events?: number | null;
                    };
                };
            };
        };
    };
}
