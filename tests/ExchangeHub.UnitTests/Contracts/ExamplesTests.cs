using System.Text;
using System.Text.Json;
using ExchangeHub.Contracts;
using Shouldly;
using Xunit;

namespace ExchangeHub.UnitTests.Contracts;

/// <summary>Examples, schemas and code say the same of every example.</summary>
public sealed class ExamplesTests
{
    public static TheoryData<string> All => [.. ContractFiles.Examples.Select(e => e.File)];

    public static TheoryData<string> Submissions => [.. ContractFiles.Examples.Where(e => e.Refusals is not null).Select(e => e.File)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_valid_example_passes_its_schema_and_an_invalid_one_fails_it(string file)
    {
        var example = Of(file);
        if (!example.SchemaSees)
            return; // the manifest says so; the reader must still refuse it, next test
        var schema = await ContractFiles.SchemaAsync(example.Schema);
        var errors = schema.Validate(Encoding.UTF8.GetString(ContractFiles.Bytes(file)));
        if (example.IsValid)
            errors.ShouldBeEmpty();
        else
            errors.ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Submissions))]
    public void A_submission_gets_exactly_the_codes_and_fields_its_example_names(string file)
    {
        var example = Of(file);
        var read = Submission.Read(ContractFiles.Bytes(file), out var refusals);
        refusals.ShouldBe(example.Refusals!, ignoreOrder: true);
        (read is not null).ShouldBe(example.IsValid);
    }

    [Fact]
    public void Every_kind_that_travels_has_a_valid_example_and_several_invalid_ones()
    {
        foreach (var kind in Kinds.Submitted.Keys)
        {
            var ofKind = ContractFiles.Examples.Where(e => e.Kind == kind).ToList();
            ofKind.Count(e => e.IsValid).ShouldBeGreaterThanOrEqualTo(1, kind);
            ofKind.Count(e => !e.IsValid).ShouldBeGreaterThanOrEqualTo(3, kind);
        }
    }

    [Fact]
    public void Every_file_below_examples_is_in_the_manifest()
    {
        var folder = Path.Combine(ContractFiles.Folder, "examples");
        var files = Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Where(f => f != "manifest.json" && !f.StartsWith("keys/", StringComparison.Ordinal));
        files.ShouldBe(ContractFiles.Examples.Select(e => e.File), ignoreOrder: true);
    }

    [Fact]
    public void Persons_in_examples_are_invented_with_valid_check_digits()
    {
        var numbers = ContractFiles.Examples.Where(e => e.Content is not null).SelectMany(e => e.Content!.Value.EnumerateObject())
            .Where(m => m.Name is "holderId" or "personId").Select(m => m.Value.GetString()!).Distinct().ToList();
        numbers.Count.ShouldBeGreaterThan(1);
        foreach (var number in numbers)
            CheckDigit(number).ShouldBe(number[^1]);
    }

    [Theory]
    [MemberData(nameof(Submissions))]
    public void A_header_that_was_read_is_written_again_with_the_same_members(string file)
    {
        if (Submission.Read(ContractFiles.Bytes(file), out _) is not { } read)
            return;
        using var body = JsonDocument.Parse(ContractFiles.Bytes(file));
        using var written = JsonDocument.Parse(read.Header.Write());
        ExchangeHub.Contracts.Wire.StrictJson.FlatEquals(written.RootElement, body.RootElement.GetProperty("header")).ShouldBeTrue();
    }

    static Example Of(string file) => ContractFiles.Examples.Single(e => e.File == file);

    // GB 11643: weights 2^(17-i) mod 11.
    static char CheckDigit(string number) => "10X98765432"[Enumerable.Range(0, 17).Sum(i => (number[i] - '0') * ((1 << (17 - i)) % 11)) % 11];
}
