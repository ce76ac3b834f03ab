#include "mainstay/core/model.hpp"

#include "model/default_model.hpp"

namespace mainstay {

const Model& Model::built_in() {
    static const Model model = Model::empty().merged_with(Model::from_json(default_model_text));
    return model;
}

}  // namespace mainstay
