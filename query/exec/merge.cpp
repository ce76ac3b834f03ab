#include "exec/operators.hpp"
#include "exec/write.hpp"
#include "plan/lower.hpp"

namespace mainstay::exec {
namespace {

// Row by row: what the pattern matches, or else what it creates. A row sees what earlier rows created. Either way the
// row has the slots that the match yields.
class Merge final : public Writer {
public:
    Merge(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Writer(node, context, std::move(child)),
          merge_(*std::get<plan::Merge>(node.op).merge),
          match_(plan::lower(*std::get<plan::Merge>(node.op).match, context)),
          argument_(context.slot_count()),
          found_(context.slot_count()) {}

protected:
    void write(std::vector<Batch>& batches) override {
        std::vector<Batch> results;
        for (Batch& batch : batches) {
            Batch out{context_.slot_count()};
            for (std::uint32_t row = 0; row < batch.rows; ++row) {
                context_.work(64);
                merge_row(batch, row, out);
                if (out.rows >= context_.batch_rows()) {
                    results.push_back(std::move(out));
                    out = Batch{context_.slot_count()};
                }
            }
            if (out.rows > 0) results.push_back(std::move(out));
        }
        batches = std::move(results);
    }

private:
    void merge_row(const Batch& batch, std::uint32_t row, Batch& out) {
        argument_.clear();
        argument_.rows = 1;
        for (std::size_t i = 0; i < batch.columns.size(); ++i)
            if (batch.columns[i].kind() != Column::Kind::absent) argument_.columns[i].append(batch.columns[i], row, 1);
        match_->open(&argument_);
        const std::uint32_t first = out.rows;
        while (match_->next(found_)) {
            for (Slot slot : match_->node().live) out[slot].append_all(found_[slot], found_.rows);
            out.rows += found_.rows;
        }
        if (out.rows > first) {
            if (merge_.on_match.empty()) return;
            for (std::uint32_t r = first; r < out.rows; ++r) apply_items(merge_.on_match, out, r, context_);
            return;
        }
        create_pattern(merge_.pattern, argument_, 0, context_, Creating::merge);
        if (merge_.pattern.parts.at(0).path != bound::no_slot) build_path();
        apply_items(merge_.on_create, argument_, 0, context_);
        for (Slot slot : match_->node().live) out[slot].append(argument_[slot], 0, 1);
        ++out.rows;
    }

    void build_path() {
        const bound::PatternPart& part = merge_.pattern.parts[0];
        bound::BuildPath path{merge_.pattern.nodes[part.nodes[0]].slot, {}};
        for (std::uint32_t rel : part.rels) path.steps.push_back({merge_.pattern.rels[rel].slot, false});
        const bound::Expr expression{part.span, std::move(path)};
        argument_[part.path].push(evaluate(expression, Row{argument_, 0}, context_));
    }

    const bound::Merge& merge_;
    OperatorPtr match_;
    Batch argument_, found_;
};

// FOREACH: the body once for each item, its rows thrown away.
class Foreach final : public Writer {
public:
    Foreach(const plan::Node& node, StatementContext& context, OperatorPtr child)
        : Writer(node, context, std::move(child)),
          foreach_(std::get<plan::Foreach>(node.op)),
          body_(plan::lower(*foreach_.body, context)),
          argument_(context.slot_count()),
          rows_(context.slot_count()) {}

protected:
    void write(std::vector<Batch>& batches) override {
        for (const Batch& batch : batches)
            for (std::uint32_t row = 0; row < batch.rows; ++row) {
                const Value list = evaluate(*foreach_.list, Row{batch, row}, context_);
                if (list.is_null()) continue;
                if (!list.is(ValueType::list))
                    throw Error{Code::type_error, foreach_.list->span, "FOREACH needs a List"};
                for (const Value& item : list.as_list()) {
                    argument_.clear();
                    argument_.rows = 1;
                    for (std::size_t i = 0; i < batch.columns.size(); ++i)
                        if (batch.columns[i].kind() != Column::Kind::absent)
                            argument_.columns[i].append(batch.columns[i], row, 1);
                    argument_[foreach_.variable].clear();
                    argument_[foreach_.variable].push(item);
                    body_->open(&argument_);
                    while (body_->next(rows_)) context_.check();
                }
            }
    }

private:
    const plan::Foreach& foreach_;
    OperatorPtr body_;
    Batch argument_, rows_;
};

}  // namespace

OperatorPtr make_merge(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Merge>(n, c, std::move(child));
}
OperatorPtr make_foreach(const plan::Node& n, StatementContext& c, OperatorPtr child) {
    return std::make_unique<Foreach>(n, c, std::move(child));
}

}  // namespace mainstay::exec
