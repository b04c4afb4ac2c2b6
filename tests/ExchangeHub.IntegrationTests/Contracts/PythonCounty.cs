using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ExchangeHub.Cli.Worlds;
using ExchangeHub.Client;
using ExchangeHub.Client.Broker;
using ExchangeHub.Contracts;
using ExchangeHub.Contracts.Wire;
using ExchangeHub.Testing;
using Shouldly;

namespace ExchangeHub.IntegrationTests.Contracts;

/// <summary>A real hub, and a node host with one county, for programs that were written from the contract alone.</summary>
public sealed class PythonWorld(TestServers servers) : IAsyncLifetime
{
    /// <summary>The county at the node host.</summary>
    public const string Neighbour = "420581";

    public World World { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        World = await World.CreateAsync(servers.Addresses, new WorldOptions { Name = "python", Counties = [Neighbour] }, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => World.DisposeAsync();
}

/// <summary>A county that is nothing but a folder and clients/python: each command is a process, as a person would run it.</summary>
public sealed class PythonCounty(World world, string code) : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("exchangehub-python-").FullName;

    public const int Done = 0, Refused = 1, NotYet = 3;

    public string Code => code;

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Broker user and invitation, the command <c>enrol</c>, and the registrar's signature as soon as it asks for it.</summary>
    public static async Task<PythonCounty> EnrolAsync(World world, string code)
    {
        var county = new PythonCounty(world, code);
        await world.AddBrokerUserAsync(code, Stop);
        await File.WriteAllBytesAsync(Path.Combine(county.folder, "invitation.json"),
            JsonSerializer.SerializeToUtf8Bytes(await world.Steps.InviteAsync(code, Stop), ContractsJson.Default.EnrolmentInvitation), Stop);
        (await county.SignedAsync("enrol")).ShouldBe(["requested", "registered"]);
        return county;
    }

    /// <summary>Runs a command that asks the registrar for something, and signs when it has asked.</summary>
    /// <returns>What it said happened.</returns>
    public async Task<List<string>> SignedAsync(string command)
    {
        var happened = new List<string>();
        await foreach (var said in LinesAsync("county.py", [folder, command], exit => exit.ShouldBe(Done)))
        {
            happened.Add(What(said));
            if (happened[^1] == "requested")
                (await world.Steps.SignAsync(await world.OperatorTokenAsync(Stop), Stop)).ShouldHaveSingleItem().Party.ShouldBe(code);
        }
        return happened;
    }

    /// <summary>Runs a command of the county to its end.</summary>
    /// <returns>What it printed, line by line.</returns>
    public async Task<List<JsonElement>> RunAsync(int exit, params string[] words) =>
        await LinesAsync("county.py", [folder, .. words], code => code.ShouldBe(exit, string.Join(' ', words))).ToListAsync(Stop);

    /// <summary>A file with a content, for <c>--content</c>.</summary>
    public string Content(string json)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():n}.json");
        File.WriteAllText(file, json);
        return file;
    }

    /// <summary>Takes what waits out of the county's queue, as a broken disk would, up to the first delivery of this type.</summary>
    public async Task LoseAsync(string type)
    {
        await using var broker = new BrokerConnection(world.Servers.Amqp(code, world.Servers.SharedPasswordOf(code), world.Installation.VirtualHost), $"{code} test");
        await using var consumer = new Consumer(broker, BrokerNames.QueueOf(code), 1, Clocks.Real.System);
        consumer.Start();
        for (string? lost = null; lost != type;)
        {
            var read = await consumer.ReadAsync(1, Stop);
            await consumer.AckAsync(read, Stop);
            lost = read[^1].Type;
        }
    }

    public static string What(JsonElement said) => said.GetProperty("what").GetString()!;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Runs a script of clients/python, line by line as it prints JSON.</summary>
    async IAsyncEnumerable<JsonElement> LinesAsync(string script, string[] words, Action<int> ends, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var line in PythonAsync(script, words, world.Servers.SharedPasswordOf(code), ends, cancel == default ? Stop : cancel))
            yield return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>Runs a script of clients/python, line by line.</summary>
    /// <param name="ends">Judges the exit code; what it says is told together with the program's complaint.</param>
    public static async IAsyncEnumerable<string> PythonAsync(string script, string[] words, string brokerPassword, Action<int> ends,
        [EnumeratorCancellation] CancellationToken cancel)
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
        var said = new List<string>();
        try
        {
            while (await python.StandardOutput.ReadLineAsync(cancel) is { } line)
            {
                said.Add(line);
                yield return line;
            }
            await python.WaitForExitAsync(cancel);
        }
        finally
        {
            if (!python.HasExited)
                python.Kill(entireProcessTree: true);
        }
        try
        {
            ends(python.ExitCode);
        }
        catch (ShouldAssertException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{string.Join('\n', said)}\n{await complaint}", e);
        }
    }
}
