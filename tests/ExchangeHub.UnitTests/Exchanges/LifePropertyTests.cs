using CsCheck;
using ExchangeHub.Contracts;
using ExchangeHub.Hub.Exchanges;
using ExchangeHub.Hub.Rates;

namespace ExchangeHub.UnitTests.Exchanges;

public sealed class LifePropertyTests
{
    [Fact]
    public void Every_command_a_second_time_is_refused_or_changes_nothing() =>
        RandomLives.Any.Sample(life => RandomLives.Facts(life, (before, step, at, first) =>
        {
            if (first is not Decision.Accepted { After: var after })
                return;
            var (message, command) = RandomLives.Make(before, step, at);
            if (command is not null)
            {
                var rules = step.What == 12 ? Core.Rules : Core.RulesUntil(2025);
                ExchangeDecider.Decide(after, command, at, rules).ShouldSatisfyAllConditions(d => d.Facts.ShouldBeEmpty(), d => d.Tellings.ShouldBeEmpty());
            }
            else if (ExchangeDecider.Decide(after, message!, null, at, Core.Rules) is Decision.Accepted again)
            {
                // What may come again (the ledger drops the same message) moves no figure.
                again.Facts.ShouldHaveSingleItem().ShouldBeAssignableTo<MessageFact>(again.Facts[0].GetType().Name)
                    .ShouldSatisfyAllConditions(f => (f is Corrected or InterimReplied or Clarified).ShouldBeTrue(f!.GetType().Name));
                again.After.Owed.ShouldBe(after.Owed);
            }
        }), iter: 400);

    [Fact]
    public void The_state_is_the_fold_of_its_facts_and_its_rows_the_sum_of_the_changes() =>
        RandomLives.Any.Sample(life =>
        {
            var written = new Dictionary<int, Obligation>();
            Exchange? on = null;
            foreach (var fact in RandomLives.Facts(life))
            {
                var after = Exchange.Apply(on, fact);
                foreach (var row in ObligationFold.Changed(on, after))
                    written[row.Ordinal] = row;
                on = after;
            }
            written.Values.OrderBy(r => r.Ordinal).ShouldBe(ObligationFold.Rows(Exchange.FromJson(on!.ToJson())!));
        }, iter: 400);

    [Fact]
    public void A_row_that_ended_never_changes_again_and_a_due_date_never_changes_in_place() =>
        RandomLives.Any.Sample(life =>
        {
            Exchange? on = null;
            foreach (var fact in RandomLives.Facts(life))
            {
                var after = Exchange.Apply(on, fact);
                foreach (var row in on?.Owed ?? [])
                {
                    var then = after.Owed[row.Ordinal - 1];
                    (then.Due, then.OpenedAt, then.CountsFrom, then.Duty).ShouldBe((row.Due, row.OpenedAt, row.CountsFrom, row.Duty));
                    if (row.EndedAt is not null)
                        then.ShouldBe(row);
                }
                after.Owed.Where(o => o.EndedAt is null).GroupBy(o => o.Duty).ShouldAllBe(g => g.Count() == 1);
                on = after;
            }
        }, iter: 400);

    [Fact]
    public void Facts_never_go_back_in_time_and_sequences_never_skip() =>
        RandomLives.Any.Sample(life =>
        {
            var seqs = new Dictionary<string, int>();
            var facts = RandomLives.Facts(life, (before, _, _, decision) =>
            {
                if (decision is not Decision.Accepted accepted)
                    return;
                accepted.Facts.ShouldAllBe(f => f.At >= before.LastAt && f.At == accepted.At);
                foreach (var telling in accepted.Tellings)
                {
                    telling.Number.ShouldBeInRange(before.Facts + 1, accepted.After.Facts);
                    telling.Seq.ShouldBe(seqs.GetValueOrDefault(telling.To, telling.To == before.Receiver ? 1 : 0) + 1);
                    seqs[telling.To] = telling.Seq;
                }
            });
            facts.Zip(facts.Skip(1)).ShouldAllBe(pair => pair.Second.At >= pair.First.At);
        }, iter: 400);
}
