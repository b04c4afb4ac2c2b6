using System.CommandLine;
using System.Net.Http.Json;
using ExchangeHub.Cli.Calls;
using ExchangeHub.Cli.Commands;
using ExchangeHub.Contracts;

namespace ExchangeHub.Cli.Operate;

/// <summary><c>exchangehub agreements</c>: exchange agreements between counties, and the provinces that demand them.</summary>
static class AgreementCommands
{
    const string Path = "api/v1/agreements";

    public static Command Create() => new ExampledCommand("agreements", "Exchange agreements between counties (双向协议).",
        "agreements import agreements.json --account reviewer-zj", "agreements demand 330000", "agreements list")
    {
        Import(), List(), Demand(),
    };

    static ExampledCommand Import()
    {
        var import = new ExampledCommand("import", "Puts each agreement of a JSON file under its id; others stay. All or none. One that is over keeps its row and gets its last day.",
            "agreements import agreements.json");
        var file = new Argument<FileInfo>("file") { Description = "A JSON array: id, counties, startsOn, endsOn, kinds, acknowledgement, feedback, contacts." }.AcceptExistingOnly();
        import.Add(file);
        HubSignIn.AddTo(import);
        import.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            if (await JsonFiles.ReadAsync(parse.GetValue(file)!, ContractsJson.Default.IReadOnlyListCountyAgreement, cancel) is not { } agreements)
                return terminal.Fail($"{parse.GetValue(file)} is not a list of agreements.", "contracts/examples/directory/agreement.json shows one.");
            using var http = await HubSignIn.HttpAsync(parse, installation, cancel);
            using var answer = await http.PutAsJsonAsync(Path, agreements, ContractsJson.Default.IReadOnlyListCountyAgreement, cancel);
            return await terminal.DoneAsync(answer, $"{agreements.Count} agreements are in.", cancel);
        });
        return import;
    }

    static ExampledCommand List()
    {
        var list = new ExampledCommand("list", "The agreements of the account's counties, ended ones included.", "agreements list", "agreements list --account monitor-zj --json");
        HubSignIn.AddTo(list);
        list.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            using var http = await HubSignIn.HttpAsync(parse, installation, cancel);
            using var answer = await http.GetAsync(new Uri(Path, UriKind.Relative), cancel);
            if (!answer.IsSuccessStatusCode)
                return terminal.Refused(await ApiAnswer.OfAsync(answer, cancel));
            var agreements = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.IReadOnlyListCountyAgreement, cancel) ?? [];
            terminal.Show(agreements, all => Terminal.Table(["id", "counties", "from", "to", "kinds", "acknowledgement", "feedback"], all.Select(a => new object?[]
            {
                a.Id, string.Join(' ', a.Counties), a.StartsOn, a.EndsOn, string.Join(' ', a.Kinds ?? ["all"]), a.Acknowledgement ?? "policy", a.Feedback ?? "policy",
            })));
            return ExitCodes.Done;
        });
        return list;
    }

    static ExampledCommand Demand()
    {
        var demand = new ExampledCommand("demand", "From now on a province's counties are asked only under an agreement in force; with --no, no longer.", "agreements demand 330000", "agreements demand 330000 --no");
        var province = new Argument<string>("province") { Description = "Six digits, such as 330000." };
        var no = new Option<bool>("--no") { Description = "It demands none any more." };
        demand.Add(province);
        demand.Add(no);
        HubSignIn.AddTo(demand);
        demand.OnInstallation(async (parse, installation, terminal, cancel) =>
        {
            using var http = await HubSignIn.HttpAsync(parse, installation, cancel);
            var address = new Uri($"{Path}/demands/{Uri.EscapeDataString(parse.GetValue(province)!)}", UriKind.Relative);
            using var answer = parse.GetValue(no) ? await http.DeleteAsync(address, cancel) : await http.PutAsync(address, null, cancel);
            return await terminal.DoneAsync(answer, $"{parse.GetValue(province)} demands {(parse.GetValue(no) ? "none any more" : "agreements")}.", cancel);
        });
        return demand;
    }
}
