#include "adapters/s3/xml.h"

#include <algorithm>
#include <limits>
#include <memory>

#include <expat.h>

namespace syncwatch::s3 {
namespace {

/// S3's deepest answer has five levels, its longest page a few thousand elements of each kind.
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostElements = 100'000;

/// Builds the tree while expat reads.
struct TreeBuilder {
    XML_Parser parser = nullptr;
    XmlElement root;
    std::vector<XmlElement> open;
    std::size_t elements = 0;
    std::string refused;

    void refuse(std::string why) {
        refused = std::move(why);
        XML_StopParser(parser, XML_FALSE);
    }

    static void on_start(void* self, const XML_Char* name, const XML_Char**) {
        auto& tree = *static_cast<TreeBuilder*>(self);
        if (tree.open.size() == kDeepest) return tree.refuse("too deep");
        if (++tree.elements > kMostElements) return tree.refuse("too long");
        std::string_view plain(name);
        plain.remove_prefix(plain.rfind(':') + 1);
        tree.open.push_back(XmlElement{std::string(plain), {}, {}});
    }
    static void on_end(void* self, const XML_Char*) {
        auto& tree = *static_cast<TreeBuilder*>(self);
        if (tree.open.empty()) return;
        XmlElement done = std::move(tree.open.back());
        tree.open.pop_back();
        auto& siblings = tree.open.empty() ? tree.root.children : tree.open.back().children;
        siblings.push_back(std::move(done));
    }
    static void on_text(void* self, const XML_Char* text, int length) {
        auto& tree = *static_cast<TreeBuilder*>(self);
        if (tree.open.empty()) return;
        tree.open.back().text.append(text, static_cast<std::size_t>(length));
    }
    static void on_document_type(void* self, const XML_Char*, const XML_Char*, const XML_Char*,
                                 int) {
        static_cast<TreeBuilder*>(self)->refuse("a document type");
    }
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view of) const {
    for (const XmlElement& each : children) {
        if (each.name == of) return &each;
    }
    return nullptr;
}

std::string_view XmlElement::text_of(std::string_view of) const {
    const XmlElement* const found = child(of);
    return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Result<XmlElement> parse_xml(std::string_view text) {
    // Spaces keep the connection of a slow CompleteMultipartUpload alive before its answer.
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return fail(ErrorCode::Corrupt, "an answer of more than 2 GiB");
    }
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
        XML_ParserCreate("UTF-8"), &XML_ParserFree);
    if (!parser) return fail(ErrorCode::Internal, "no memory for a reader of XML");
    TreeBuilder tree;
    tree.parser = parser.get();
    XML_SetUserData(parser.get(), &tree);
    XML_SetElementHandler(parser.get(), &TreeBuilder::on_start, &TreeBuilder::on_end);
    XML_SetCharacterDataHandler(parser.get(), &TreeBuilder::on_text);
    XML_SetStartDoctypeDeclHandler(parser.get(), &TreeBuilder::on_document_type);
    const auto status =
        XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (status == XML_STATUS_OK && tree.root.children.size() == 1) {
        return std::move(tree.root.children.front());
    }
    const std::string why =
        tree.refused.empty() ? XML_ErrorString(XML_GetErrorCode(parser.get())) : tree.refused;
    return fail(ErrorCode::Corrupt, "an answer that is no XML for us: " + why);
}

std::string xml_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '\r': out += "&#13;"; break;
            default: out += c;
        }
    }
    return out;
}

}  // namespace syncwatch::s3
