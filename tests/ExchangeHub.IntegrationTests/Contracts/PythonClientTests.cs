using System.Diagnostics;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Testing;
using Shouldly;
using Xunit;

namespace ExchangeHub.IntegrationTests.Contracts;

/// <summary>The contract is enough: a client in another language, written from it alone, takes part.</summary>
public sealed class PythonClientTests(TestServers servers)
{
    const string Asker = "330109", Asked = "420581";

    // The certificate that first_exchange.py asks for; the person is invented.
    const string Register = """
        certificateType,certificateNumber,holderName,holderId,issuedOn,validUntil,status
        ResidencePermit,ZJ330109202600418,测试甲,420581199003070018,2026-01-05,2027-01-04,Valid
        """;

    [Fact]
    public async Task A_program_written_from_the_contract_alone_enrols_asks_verifies_its_receipt_and_opens_the_reply()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var world = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "python", Counties = [Asked] }, cancel);
        (await world.ImportRegisterAsync(Asked, Register, cancel)).Stored.ShouldBe(1);
        var folder = Directory.CreateTempSubdirectory("exchangehub-python-");
        try
        {
            var password = await world.AddBrokerUserAsync(Asker, cancel);
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "invitation.json"),
                JsonSerializer.SerializeToUtf8Bytes(await world.Steps.InviteAsync(Asker, cancel), ExchangeHub.Contracts.ContractsJson.Default.EnrolmentInvitation), cancel);

            var said = new List<JsonElement>();
            await foreach (var line in PythonAsync("first_exchange.py", [folder.FullName, Asked], password, cancel))
            {
                said.Add(JsonDocument.Parse(line).RootElement);
                if (What(said[^1]) == "request posted")
                    (await world.Steps.SignAsync(await world.OperatorTokenAsync(cancel), cancel)).ShouldHaveSingleItem().Party.ShouldBe(Asker);
            }

            What(said[1]).ShouldBe("registered");
            var receipt = said.Single(s => What(s) == "accepted");
            receipt.GetProperty("kind").GetString().ShouldBe("certificate-verification-request");
            receipt.GetProperty("dueAt").GetString().ShouldNotBeNullOrEmpty();
            var reply = said[^1];
            What(reply).ShouldBe("reply");
            reply.GetProperty("outcome").GetString().ShouldBe("Match");
            var fields = reply.GetProperty("content").GetProperty("fields").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString());
            foreach (var asked in (string[])["certificateType", "certificateNumber", "holderName", "holderId"])
                fields[asked].ShouldBe("same", asked);
            fields.Values.ShouldNotContain("different");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_program_written_from_the_contract_alone_judges_every_example_as_the_contract_does()
    {
        var cancel = TestContext.Current.CancellationToken;
        var lines = await PythonAsync("check_examples.py", [], "", cancel).ToListAsync(cancel);
        lines.ShouldHaveSingleItem().ShouldEndWith(" 0 not");
    }

    static string What(JsonElement said) => said.GetProperty("what").GetString()!;

    /// <summary>Runs a script of clients/python, line by line as it prints.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message holds what it said.</exception>
    static async IAsyncEnumerable<string> PythonAsync(string script, string[] words, string brokerPassword,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-B", Repository.PathOf($"clients/python/{script}"), .. words])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["EXCHANGEHUB_BROKER_PASSWORD"] = brokerPassword;
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using var python = Process.Start(start)!;
        var complaint = python.StandardError.ReadToEndAsync(cancel);
        try
        {
            while (await python.StandardOutput.ReadLineAsync(cancel) is { } line)
                yield return line;
            await python.WaitForExitAsync(cancel);
        }
        finally
        {
            if (!python.HasExited)
                python.Kill(entireProcessTree: true);
        }
        if (python.ExitCode != 0)
            throw new InvalidOperationException($"{script} ended with {python.ExitCode}: {await complaint}");
    }
}
