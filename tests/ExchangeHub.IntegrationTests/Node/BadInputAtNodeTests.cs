using System.Net;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;

namespace ExchangeHub.IntegrationTests.Node;

/// <summary>Whatever a county's own system sends over HTTP is refused with code and field, or taken.</summary>
public sealed class BadInputAtNodeTests(TestServers servers)
{
    const string Asker = "330106", Receiver = "510104";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bad_input_over_the_interface_is_named_by_code_and_field()
    {
        await using var world = await World.CreateAsync(servers.Addresses, cancel: Cancel);
        using var asker = await CountyAtNode.SignInAsync(world, Asker);
        var broken = await asker.PostTextAsync("requests", "{\"to\":", "application/json");
        (broken.Status, broken.Code).ShouldBe((HttpStatusCode.BadRequest, "BodyMalformed"));
        var wrongType = await asker.PostTextAsync("requests", "{\"test\":\"yes\"}", "application/json");
        (wrongType.Code, wrongType.Field).ShouldBe(("BodyMalformed", "/test"));
        var empty = await asker.PostAsync("requests", new { to = Receiver });
        empty.Status.ShouldBe(HttpStatusCode.BadRequest);
        empty.Body.GetProperty("errors").EnumerateArray().Select(e => Text(e, "field")).ShouldBe(
            ["/content/certificateType", "/content/certificateNumber", "/content/holderName", "/content/holderId", "/content/purpose", "/content/legalBasis"]);
        var nowhere = await asker.PostAsync("requests", CountyAtNode.RequestTo("999999", InventedPerson.Of(Receiver, 1)));
        (nowhere.Code, nowhere.Field).ShouldBe(("ReceiverUnknown", "/header/to"));
        var list = await asker.GetAsync("worklist?due=someday");
        (list.Status, list.Code, list.Field).ShouldBe((HttpStatusCode.BadRequest, "MemberInvalid", "due"));
        foreach (var (path, field) in new[]
        {
            ("worklist?limit=0", "limit"), ("worklist?limit=201", "limit"), ("worklist?limit=many", "limit"), ("worklist?after=nowhere", "after"),
            ("outgoing?limit=0", "limit"), ("outgoing?after=-1", "after"), ("outgoing?waiting=perhaps", "waiting"),
        })
        {
            var page = await asker.GetAsync(path);
            (page.Status, page.Code, page.Field).ShouldBe((HttpStatusCode.BadRequest, "MemberInvalid", field), path);
        }
        var noMarker = await asker.GetAsync("worklist/new");
        (noMarker.Code, noMarker.Field).ShouldBe(("MemberMissing", "marker"));
        (await asker.GetAsync("exchanges/none")).Code.ShouldBe("AddressUnknown");
        foreach (var unclear in new[] { "{\"urgancy\":\"urgent\"}", "{\"to\":\"510104\",\"to\":\"510105\"}" })
            (await asker.PostTextAsync("requests", unclear, "application/json")).Code.ShouldBe("BodyMalformed", unclear);
        (await asker.PostTextAsync("register", "", "text/csv")).Code.ShouldBe("FileNotReadable");
        foreach (var path in new[] { "register", "movements/file" })
            foreach (var (text, type) in new[] { ("a,b", "multipart/form-data"), ("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.csv\"\r\n\r\na,b", "multipart/form-data; boundary=x"), ("nothing", "multipart/form-data; boundary=x") })
                (await asker.PostTextAsync(path, text, type)).Code.ShouldBe("FileNotReadable", $"{path} {type} {text}");
        var unstorable = await asker.PostAsync("requests", new { to = Receiver, certificateType = "ResidencePermit", certificateNumber = "1", holderName = "王\0", holderId = "1", purpose = "ResidenceRegistration", legalBasis = "NationalRegulation", note = "\0" });
        (unstorable.Status, unstorable.Body.GetProperty("errors").EnumerateArray().Select(e => Text(e, "field")).Count(f => f is "/content/holderName" or "/content/note")).ShouldBe((HttpStatusCode.BadRequest, 2), unstorable.Text);
        var inForm = await asker.PostTextAsync("movements/file", "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.csv\"\r\n\r\ndirection,personName,personId,counterpart,movedOn\nin,王小明,420581199003070018,510104,2026-01-05\r\n--x--\r\n", "multipart/form-data; boundary=x");
        (inForm.Status, inForm.Body.GetProperty("stored").GetInt32()).ShouldBe((HttpStatusCode.OK, 1), inForm.Text);
        var rows = await asker.PostTextAsync("register", """
            certificateType,certificateNumber,holderName,holderId,issuedOn,validUntil,status
            ResidencePermit,RP-1,王小明,420581199003070018,2024-05-01,,Valid
            ResidencePermit,RP-2,赵六,4.2E+17,,,Valid
            ResidencePermit,RP-3,钱七,330109198511121230,,,Nonsense
            """, "text/csv");
        (rows.Status, rows.Body.GetProperty("stored").GetInt32(), rows.Body.GetProperty("badRows").GetInt32()).ShouldBe((HttpStatusCode.OK, 1, 2));
        rows.Body.GetProperty("errors").EnumerateArray().Select(e => $"{e.GetProperty("line")} {Text(e, "column")} {Text(e, "code")}").ShouldBe(["3 holderId MemberInvalid", "4 status MemberInvalid"]);

        var id = await asker.AskAsync(Receiver, InventedPerson.Of(Receiver, 4));
        await world.QuietAsync(cancel: Cancel);
        using var receiver = await CountyAtNode.SignInAsync(world, Receiver);
        (await receiver.PostAsync($"exchanges/{id}/acknowledgement", new { note = "\0" })).Field.ShouldBe("/content/note");
        (await receiver.PostAsync($"exchanges/{id}/return", new { reasonCode = "Insufficient", note = "\0" })).Field.ShouldBe("/content/note");
        (await receiver.PostAsync($"exchanges/{id}/acknowledgement", new { reasonCode = "Insufficient" })).Field.ShouldBe("/reasonCode");
        var noReason = await receiver.PostAsync($"exchanges/{id}/reply", new { outcome = "CannotVerify" });
        (noReason.Code, noReason.Field).ShouldBe(("MemberMissing", "/header/reasonCode"));
        var notTheirs = await asker.PostAsync($"exchanges/{id}/reply", new { outcome = "Match" });
        (notTheirs.Status, notTheirs.Code).ShouldBe((HttpStatusCode.Conflict, "PartyNotAllowed"));
    }

    static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
