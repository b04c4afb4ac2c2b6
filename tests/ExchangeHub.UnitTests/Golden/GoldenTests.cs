using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Schema;
using ExchangeHub.Node;
using ExchangeHub.Testing;
using Npgsql;

namespace ExchangeHub.UnitTests.Golden;

/// <summary>What was stored and what travelled on the first day is read for ever. See README.md beside.</summary>
public sealed class GoldenTests
{
    /// <summary>Answered, as the first release wrote its state row.</summary>
    const string FirstForm = "answered-first-form";

    static readonly Marten.ISerializer stored = Serializer();

    // As the event store has it; nothing is connected.
    static Marten.ISerializer Serializer()
    {
        using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1");
        using var store = EventStore.Open(nowhere);
        return store.Options.Serializer();
    }

    public static TheoryData<string> FactNames => [.. GoldenRecords.Facts.Keys];
    public static TheoryData<string> StateNames => [.. GoldenRecords.States.Keys];
    public static TheoryData<string> StatementNames => [.. GoldenRecords.Statements.Keys];
    public static TheoryData<string> MessageNames => [.. GoldenRecords.Messages.Keys];
    public static TheoryData<string> ContentNames => [.. GoldenContents.All.Keys];
    public static TheoryData<string> NodeNames => [.. GoldenRecords.AtNode.Keys];

    [Theory, MemberData(nameof(FactNames))]
    public void A_stored_fact_is_read_as_it_was_meant(string name)
    {
        var expected = GoldenRecords.Facts[name];
        using var json = new MemoryStream(Read("facts", name, () => Encoding.UTF8.GetBytes(stored.ToJson(expected))));
        stored.FromJson(expected.GetType(), json).ShouldBe(expected);
    }

    [Theory, MemberData(nameof(StateNames))]
    public void A_state_row_is_read_as_it_was_meant(string name)
    {
        var expected = GoldenRecords.States[name];
        var json = Encoding.UTF8.GetString(Read("states", name, () => Encoding.UTF8.GetBytes(expected.ToJson())));
        Exchange.FromJson(json).ShouldBeEquivalentTo(expected);
    }

    [Fact]
    public void A_state_row_from_before_exchanges_were_disputed_is_told_apart_so_that_its_stream_is_folded_anew() =>
        Exchange.FromJson(Encoding.UTF8.GetString(Read("states", FirstForm, () => throw new InvalidOperationException("No program writes it any more.")))).ShouldBeNull();

    [Theory, MemberData(nameof(StatementNames))]
    public void A_statement_is_read_as_it_was_meant_and_written_again_with_the_same_bytes(string name)
    {
        var leaf = Read("statements", name, GoldenRecords.Statements[name].Write);
        var read = Statement.Read(leaf);
        read.ShouldNotBeNull();
        if ((read, GoldenRecords.Statements[name]) is (RefusedStatement refused, RefusedStatement expected))
        {
            refused.Reasons.ShouldBe(expected.Reasons);
            refused.Fields.ShouldBe(expected.Fields);
            (refused with { Reasons = expected.Reasons, Fields = expected.Fields }).ShouldBe(expected);
        }
        else
            read.ShouldBe(GoldenRecords.Statements[name]);
        Encoding.ASCII.GetString(read.Write()).ShouldBe(Encoding.ASCII.GetString(leaf));
    }

    [Theory, MemberData(nameof(MessageNames))]
    public void A_message_of_each_kind_and_version_is_read_as_it_was_meant(string name)
    {
        var expected = GoldenRecords.Messages[name];
        var body = Read("messages", name, () => Submission.Write(expected.Write(), "b3BhcXVl", Kinds.Submitted[expected.Kind].ToHub));
        Submission.Read(body, out var refusals)?.Header.ShouldBe(expected);
        refusals.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(ContentNames))]
    public void A_content_of_each_kind_and_version_is_read_as_the_newest_one(string name)
    {
        var content = GoldenContents.All[name];
        var read = content.Read(Read("contents", name, content.Write));
        read.ShouldNotBeNull().GetType().ShouldBe(content.Expected.GetType());
        Members(read, ContractsJson.Default).ShouldBe(Members(content.Expected, ContractsJson.Default));
    }

    [Theory, MemberData(nameof(NodeNames))]
    public void An_exchange_stored_at_a_node_is_read_as_it_was_meant(string name)
    {
        var expected = GoldenRecords.AtNode[name];
        var state = Read("at-node", name, () => JsonSerializer.SerializeToUtf8Bytes(expected, NodeJson.Default.NodeExchange));
        Members(JsonSerializer.Deserialize(state, NodeJson.Default.NodeExchange)!, NodeJson.Default).ShouldBe(Members(expected, NodeJson.Default));
    }

    [Fact]
    public void Every_fact_that_is_stored_has_a_golden_file() =>
        ExchangeEvent.Stored.Where(s => !GoldenRecords.Facts.Any(f => f.Value.GetType() == s.Type && f.Key.StartsWith(s.Name, StringComparison.Ordinal)))
            .Select(s => s.Name).ShouldBeEmpty();

    [Fact]
    public void Every_version_of_every_kind_has_a_golden_file() =>
        Kinds.Submitted.Values.SelectMany(k => k.Types).Order()
            .ShouldBe(GoldenRecords.Messages.Keys.Order());

    [Fact]
    public void Every_kind_of_statement_has_a_golden_file() =>
        typeof(Statement).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Statement)))
            .Except(GoldenRecords.Statements.Values.Select(s => s.GetType())).ShouldBeEmpty();

    [Fact]
    public void No_golden_file_is_forgotten() =>
        Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/')).Order()
            .ShouldBe(new[]
            {
                GoldenRecords.Facts.Keys.Select(n => $"facts/{n}.json"), GoldenRecords.States.Keys.Append(FirstForm).Select(n => $"states/{n}.json"),
                GoldenRecords.Statements.Keys.Select(n => $"statements/{n}.json"), GoldenRecords.Messages.Keys.Select(n => $"messages/{n}.json"),
                GoldenContents.All.Keys.Select(n => $"contents/{n}.json"), GoldenRecords.AtNode.Keys.Select(n => $"at-node/{n}.json"),
            }.SelectMany(n => n).Order());

    // Every member that is set, also those within lists, which are not equal for being alike.
    static string Members(object of, JsonSerializerContext context) => JsonSerializer.Serialize(of, of.GetType(), context);

    static string Folder => Path.Combine(Repository.Root, "tests", "ExchangeHub.UnitTests", "Golden");

    // Only what is missing is written, and only when asked for.
    static byte[] Read(string folder, string name, Func<byte[]> write)
    {
        var path = Path.Combine(Folder, folder, $"{name}.json");
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("EXCHANGEHUB_GOLDEN") == "add")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, write());
        }
        return File.ReadAllBytes(path);
    }
}
