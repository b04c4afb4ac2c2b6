namespace ExchangeHub.Web.Components;

/// <summary>Where an entry of a timeline stands: it was, it is going on, it will be.</summary>
public enum TimelineStep { Done, Now, Todo }

/// <param name="Says">What happened, short.</param>
/// <param name="At">When the hub accepted it; absent for what is to come.</param>
/// <param name="Why">A second line: who, whether in time, why.</param>
/// <param name="By">Instead of a time, for what is to come: by when.</param>
/// <param name="Note">What was said with it, in its writer's words.</param>
public sealed record TimelineEntry(string Says, DateTimeOffset? At, string? Why = null, TimelineStep Step = TimelineStep.Done, string? By = null, string? Note = null);
