namespace ExchangeHub.Contracts;

/// <summary>Why the hub did not take a message. The same codes are the problem codes of the HTTP interface.</summary>
/// <param name="Code">One of <see cref="RefusalCodes"/>.</param>
/// <param name="Field">JSON Pointer into the body, or <c>/properties/NAME</c>; never a value. An unknown member is named by its parent.</param>
public sealed record Refusal(string Code, string Field);

/// <summary>Every refusal code. The list is closed: code, contract, texts and tests are compared by a test.</summary>
public static class RefusalCodes
{
    public const string TooLarge = nameof(TooLarge);
    public const string BodyMalformed = nameof(BodyMalformed);
    public const string MemberMissing = nameof(MemberMissing);
    public const string MemberInvalid = nameof(MemberInvalid);
    public const string MemberUnknown = nameof(MemberUnknown);
    public const string HeaderMismatch = nameof(HeaderMismatch);
    public const string PropertyNotAllowed = nameof(PropertyNotAllowed);
    public const string WireNotSupported = nameof(WireNotSupported);
    public const string WrongHub = nameof(WrongHub);
    public const string KindUnknown = nameof(KindUnknown);
    public const string VersionNotTaken = nameof(VersionNotTaken);
    public const string FromNotSender = nameof(FromNotSender);
    public const string SenderNotActive = nameof(SenderNotActive);
    public const string ReceiverUnknown = nameof(ReceiverUnknown);
    public const string ReceiverNotActive = nameof(ReceiverNotActive);
    public const string SentAtOutOfRange = nameof(SentAtOutOfRange);
    public const string MessageIdReused = nameof(MessageIdReused);
    public const string SealedMalformed = nameof(SealedMalformed);
    public const string ReceiverKeyNotValid = nameof(ReceiverKeyNotValid);
    public const string ExchangeUnknown = nameof(ExchangeUnknown);
    public const string ExchangeExists = nameof(ExchangeExists);
    public const string ReferenceUnknown = nameof(ReferenceUnknown);
    public const string PhaseNotAllowed = nameof(PhaseNotAllowed);
    public const string PartyNotAllowed = nameof(PartyNotAllowed);
    public const string LimitReached = nameof(LimitReached);
    public const string WindowOver = nameof(WindowOver);
    public const string TestMarkDiffers = nameof(TestMarkDiffers);
    public const string OutsideAgreement = nameof(OutsideAgreement);

    public static IReadOnlyList<string> All { get; } =
    [
        TooLarge, BodyMalformed, MemberMissing, MemberInvalid, MemberUnknown, HeaderMismatch, PropertyNotAllowed,
        WireNotSupported, WrongHub, KindUnknown, VersionNotTaken, FromNotSender, SenderNotActive, ReceiverUnknown,
        ReceiverNotActive, SentAtOutOfRange, MessageIdReused, SealedMalformed, ReceiverKeyNotValid, ExchangeUnknown,
        ExchangeExists, ReferenceUnknown, PhaseNotAllowed, PartyNotAllowed, LimitReached, WindowOver, TestMarkDiffers,
        OutsideAgreement,
    ];
}
