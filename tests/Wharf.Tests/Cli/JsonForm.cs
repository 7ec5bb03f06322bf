using System.Text.Json;
using System.Text.RegularExpressions;
using Wharf.Tests.House;

namespace Wharf.Tests.Cli;

/// <summary>Checks lines against wharf.schema.json; knows of JSON Schema what that file uses, and fails at what it does not know.</summary>
internal static class JsonForm
{
    private static readonly JsonElement Schema = JsonDocument.Parse(Repository.Read("src/Wharf.Cli/Writing/wharf.schema.json")).RootElement;

    /// <summary>The types that the file knows.</summary>
    public static string[] Types => [.. Schema.GetProperty("$defs").EnumerateObject().Select(form => form.Name)];

    /// <summary>Checks a line; returns it parsed.</summary>
    public static JsonElement Check(string line)
    {
        var value = JsonDocument.Parse(line).RootElement;
        string type = value.GetProperty("type").GetString()!;
        Assert.Contains(type, Types);
        Assert.Contains(Schema.GetProperty("oneOf").EnumerateArray(), form => form.GetProperty("$ref").GetString() == "#/$defs/" + type);
        Check(value, Schema.GetProperty("$defs").GetProperty(type), type);
        return value;
    }

    private static void Check(JsonElement value, JsonElement form, string where)
    {
        foreach (var rule in form.EnumerateObject())
        {
            switch (rule.Name)
            {
                case "description":
                    break;
                case "type":
                    bool fits = rule.Value.GetString() switch
                    {
                        "object" => value.ValueKind == JsonValueKind.Object,
                        "string" => value.ValueKind == JsonValueKind.String,
                        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
                        "number" => value.ValueKind == JsonValueKind.Number,
                        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
                        _ => false,
                    };
                    Assert.True(fits, $"{where} is {value}");
                    break;
                case "const":
                    Assert.Equal(rule.Value.GetString(), value.GetString());
                    break;
                case "enum":
                    Assert.Contains(value.GetString(), rule.Value.EnumerateArray().Select(one => one.GetString()));
                    break;
                case "pattern":
                    Assert.Matches(new Regex(rule.Value.GetString()!), value.GetString());
                    break;
                case "minimum":
                    Assert.InRange(value.GetInt64(), rule.Value.GetInt64(), long.MaxValue);
                    break;
                case "required":
                    Assert.All(rule.Value.EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{where} has no {name}"));
                    break;
                case "properties":
                    foreach (var property in value.EnumerateObject())
                    {
                        Assert.True(rule.Value.TryGetProperty(property.Name, out var inner), $"{where} has {property.Name}, which the schema does not know");
                        Check(property.Value, inner, where + "." + property.Name);
                    }

                    break;
                case "additionalProperties":
                    Assert.False(rule.Value.GetBoolean());
                    break;
                default:
                    Assert.Fail($"{where} has a rule that is not known here: {rule.Name}");
                    break;
            }
        }
    }
}
